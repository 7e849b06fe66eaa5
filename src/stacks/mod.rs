//! Which call stacks ask for memory, and which of them still hold it. Not for counting: it walks
//! the stack for every block.
//!
//! ```text
//!  trace ─ every block and its stack ─┬──────── finish ─▶ one Traced a stack ─ places ─▶ frames
//!                                     └─ held, held …     what each stack holds by then
//! ```
//!
//! A stack is taken as return addresses alone; the source is asked for afterwards, once for each
//! different stack. There is one table of blocks, so one trace at a time: the leak detector's
//! second pass, a benchmark's call sites, or the live profile. Walking a stack is what costs, so
//! that a trace may be told to walk only now and then.

pub(crate) mod blocks;
mod places;
mod trace;
pub(crate) mod walk;

pub use blocks::Held;
pub use heapmark_model::origin::{is_dependency, is_std};
pub use places::{is_harness, places};
pub use trace::{CLASSES, Trace, Traced, trace};
