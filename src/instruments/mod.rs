//! The instruments that measure a routine. They do not know the names of cases and do not print.

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
pub use count::{Count, TIMELINE_EVENTS};
pub use growth::GrowthInstrument;
pub use heap_seed::seed_heap;
pub use instructions::Instructions;
pub use rate::Rate;
#[cfg(feature = "criterion")]
pub use screen::Screen;
pub use scripted::Scripted;
pub use time::Time;

use crate::bencher::Instrument;
use heapmark_model::record::Observation;

/// An instrument that returns observations of the heap, one for each repetition.
pub trait Observer: Instrument {
    /// The observations since the last call.
    fn take(&mut self) -> Vec<Observation>;

    /// This instrument as the type that a bencher takes.
    fn as_instrument(&mut self) -> &mut dyn Instrument;
}
