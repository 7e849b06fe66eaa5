//! The global allocator wrapper: counts when asked, and costs next to nothing when not.
//!
//! ```text
//!            ┌──────── closed ────────┐            nothing is counted; timing happens here
//!            │  one relaxed load of   │
//!  open ────▶│  the gate per call     │◀──── the last guard is dropped
//!            └───────────┬────────────┘
//!        ┌───────────────┼────────────────────┬──────────────────────────┐
//!     LOCAL           + WITNESS             + TAPE                     + OBSERVER
//!  plain stores to    stats_alloc counts    the measured thread writes  functions are
//!  this thread's      the same event        each event into a buffer    told of each block
//!  block                                    taken beforehand
//! ```
//!
//! The gate is one word for the process, so that threads spawned inside a measurement count too.
//! Counters belong to threads: a leaked, registered block for each, reused after the thread's
//! end, so that totals over threads need no shared atomics on the hot path.
//!
//! While counting nothing here allocates through the global allocator, panics or locks. What it
//! must not be used for: timing. A counter costs up to a third of an allocation, so every timed
//! pass asserts that the gate is closed.

mod block;
mod counted;
mod gate;
mod lineage;
mod live;
#[cfg(feature = "bench")]
mod meter;
mod observer;
mod process;
#[cfg_attr(
    not(feature = "bench"),
    expect(dead_code, reason = "only a meter reads it")
)]
mod tape;
#[cfg(test)]
mod tests;
mod totals;
#[cfg_attr(not(feature = "bench"), path = "no_witness.rs")]
mod witness;
mod wrapper;

#[cfg(feature = "bench")]
pub use gate::open_witnessed;
pub use gate::{Open, is_closed, open};
pub use live::{Audience, Elsewhere, Live, Watch, Work};
#[cfg(feature = "bench")]
pub use meter::{Meter, Reading};
pub use observer::{AlreadyObserved, Observer, Observing, observe};
pub use process::ProcessHeap;
#[cfg(feature = "bench")]
pub use tape::RawTape;
pub use totals::{CLASSES, Totals};
pub use wrapper::{Alloc, inner_name, is_installed};

pub use heapmark_model::install::INSTALL_HINT;
