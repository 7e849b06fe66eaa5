//! Pure judgements over records: which values are exact, and what changed between runs.

mod agreement;
pub mod change;
mod coverage;
mod history;
mod interval;
#[cfg(test)]
mod planted;

pub use agreement::agreement;
pub use coverage::{COVERAGE_AIM, Covered, coverage};
pub use history::demote;
pub use interval::{SHARED_ERROR, enclosure, interval, median};
