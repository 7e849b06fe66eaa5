//! Pure functions that judge records: which values are exact, and what changed between runs.

mod acknowledged;
mod callsites;
pub mod change;
mod comparison;
mod confirm;
mod coverage;
mod history;
mod instructions;
mod interval;
mod paired;
#[cfg(any(test, feature = "planted"))]
pub mod planted;
mod rate;
mod share;
mod sizes;

pub use acknowledged::{Acknowledgement, Acknowledgements, acknowledge};
pub use callsites::{MovedLines, callsites};
pub use comparison::{Comparison, Kind, Side, compare};
pub use confirm::confirm;
pub use coverage::{COVERAGE_AIM, Covered, coverage};
pub use history::mark_unstable;
pub use instructions::{InstructionChange, InstructionVerdict};
pub use interval::{SHARED_ERROR, enclosure, interval, median};
pub use paired::{
    Families, PairedRound, PairedTimes, Power, Prior, SMALLEST_CHANGE,
    SMALLEST_CHANGE_OF_ONE_LINK_ORDER, Standing, TimeChange, TimeVerdict, Times, holm, times,
};
pub use rate::rate;
pub use share::share_interval;
pub use sizes::SizeClasses;
