//! Pure judgements over records: which values are exact, and what changed between runs.

mod agreement;
mod history;

pub use agreement::agreement;
pub use history::demote;
