//! Pure judgements over records: which values are exact, and what changed between runs.

mod agreement;
pub mod change;
mod history;
#[cfg(test)]
mod planted;

pub use agreement::agreement;
pub use history::demote;
