//! Records of how much threads slow each other down.

use serde::{Deserialize, Serialize};

use super::{Provenance, Sample};

/// The cost of several threads that use the same thing, in processes of one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentionRecord {
    /// Where the record comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// The number of processes per result, interleaved with those of all other results.
    pub processes: u32,
    /// One result for each answer and number of threads.
    pub results: Vec<ContentionResult>,
}

/// The measurements of one answer at one number of threads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentionResult {
    /// The question.
    pub question: String,
    /// The answer.
    pub variant: String,
    /// The number of threads.
    pub threads: u32,
    /// Whether this is the second run of the question's first answer, which differs from the first
    /// run only by noise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Wall time in picoseconds, divided by the iterations of all threads.
    pub wall_picoseconds: Sample,
    /// CPU time of all threads in picoseconds, divided by their iterations.
    pub cpu_picoseconds: Sample,
    /// Blocks that 1,000 iterations allocate.
    pub allocations_per_thousand: Sample,
}

/// The measurements of one process, in the form in which it prints them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentionMeasurement {
    /// Iterations of all threads together.
    pub turns: u64,
    /// Wall time in nanoseconds.
    pub wall_nanoseconds: u64,
    /// CPU time of all threads in nanoseconds.
    pub cpu_nanoseconds: u64,
    /// Iterations whose allocations were counted, separately from those that were timed.
    pub counted_turns: u64,
    /// Blocks that these iterations allocated.
    pub allocations: u64,
}
