//! Pure judgements over records: which values are exact, and what changed between runs.

pub mod change;
