//! The global allocator wrapper: counts when asked, and costs next to nothing when not.
//!
//! ```text
//!            ┌──────── closed ────────┐            nothing is counted; timing happens here
//!            │  one relaxed load of   │
//!  open ────▶│  the gate per call     │◀──── the last guard is dropped
//!            └───────────┬────────────┘
//!        ┌───────────────┼────────────────────┬──────────────────────────┐
//!     LOCAL           + WITNESS             + TAPE                     + HOOK
//!  plain stores to    stats_alloc counts    the measured thread writes  two functions are
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
mod hook;
mod lineage;
mod live;
mod meter;
mod process;
mod tape;
#[cfg(test)]
mod tests;
mod totals;
mod witness;
mod wrapper;

pub use gate::{Open, is_closed, open, open_witnessed};
pub use hook::{Hook, open_hooked};
pub use live::{Audience, Elsewhere, Live, Watch, Work};
pub use meter::{Meter, Reading};
pub use process::ProcessHeap;
pub use tape::RawTape;
pub use totals::{CLASSES, Totals};
pub use wrapper::{Alloc, inner_name, is_installed};

/// The lines that install the allocator, for every message that misses it.
pub const INSTALL_HINT: &str =
    "#[global_allocator]\nstatic ALLOC: heapmark::Alloc = heapmark::Alloc::system();";
