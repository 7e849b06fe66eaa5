//! The global allocator wrapper. It counts while the gate is open, and costs next to nothing while
//! it is closed.
//!
//! ```text
//!            ┌──────── closed ────────┐            nothing is counted; timing happens here
//!            │  one relaxed load of   │
//!  open ────▶│  the gate per call     │◀──── the last guard is dropped
//!            └───────────┬────────────┘
//!        ┌───────────────┼────────────────────┬──────────────────────────┐
//!     LOCAL           + CONTROL             + TIMELINE                 + OBSERVER
//!  plain stores to    stats_alloc counts    the measured thread        functions are called
//!  this thread's      the same event        writes each event into a   for each block
//!  block                                    preallocated buffer
//! ```
//!
//! The gate is one word for the process, so threads spawned inside a measurement count too.
//! Counters belong to threads: each thread has a leaked, registered block, which is reused after
//! the thread's end. Totals over threads therefore need no shared atomics on the hot path.
//!
//! While counting, nothing here allocates through the global allocator, panics or locks. Do not
//! time code while the gate is open: counting costs up to a third of an allocation, so every timed
//! pass asserts that the gate is closed.

mod block;
#[cfg_attr(not(feature = "bench"), path = "no_control_counter.rs")]
mod control_counter;
mod counted;
mod gate;
mod lineage;
mod live;
#[cfg(feature = "bench")]
mod meter;
mod observer;
mod process;
#[cfg(test)]
mod tests;
#[cfg_attr(
    not(feature = "bench"),
    expect(dead_code, reason = "only a meter reads it")
)]
mod timeline;
mod totals;
mod wrapper;

#[cfg(feature = "bench")]
pub use gate::open_with_control;
pub use gate::{Open, is_closed, open};
pub use live::{Elsewhere, Live, ThreadFilter, Watch, Work};
#[cfg(feature = "bench")]
pub use meter::{Meter, Reading};
pub use observer::{AlreadyObserved, Observer, Observing, observe};
pub use process::ProcessHeap;
#[cfg(feature = "bench")]
pub use timeline::RawTimeline;
pub use totals::{CLASSES, Totals};
pub use wrapper::{Alloc, inner_name, is_installed};

pub use heapmark_model::install::INSTALL_HINT;
