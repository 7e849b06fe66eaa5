//! The ways to measure a routine. None knows what a workload is called, and none prints.

pub mod callgrind;
mod callsites;
mod count;
mod growth;
mod heap_seed;
mod instructions;
mod rate;
#[cfg(feature = "criterion")]
mod screen;
mod scripted;
mod time;

pub use callsites::Callsites;
pub use count::{Count, TAPE_EVENTS};
pub use growth::Growth;
pub use heap_seed::seed_heap;
pub use instructions::Instructions;
pub use rate::Rate;
#[cfg(feature = "criterion")]
pub use screen::Screen;
pub use scripted::Scripted;
pub use time::Time;

use crate::bencher::Instrument;
use heapmark_model::record::Observation;

/// An instrument that tells afterwards what each repetition did to the heap.
pub trait Observer: Instrument {
    /// What was seen since the last call.
    fn take(&mut self) -> Vec<Observation>;

    /// The instrument that a bencher reports to.
    fn as_instrument(&mut self) -> &mut dyn Instrument;
}
