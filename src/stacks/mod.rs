//! Records which call stacks allocate memory, and how much of it is live. Too slow for counting,
//! because it walks the stack of every block.
//!
//! ```text
//!  trace ─ every block and its stack ─┬─ finish ─▶ one Traced per stack ─▶ frames
//!                                     └─ held ─▶ live memory of each stack at this time
//! ```
//!
//! A stack is recorded as return addresses. Source lines are resolved afterwards, once for each
//! distinct stack. There is only one table of blocks, so only one trace can run at a time: the leak
//! detector's second pass, the call sites of a benchmark, or the live profile. Most of the cost is
//! walking stacks, so a trace can be limited to a sample of blocks.

pub(crate) mod blocks;
mod frames;
mod trace;
pub(crate) mod walk;

pub use blocks::Held;
pub use frames::{frames, is_harness};
pub use heapmark_model::origin::{is_dependency, is_std};
pub use trace::{CLASSES, Trace, Traced, trace};
