use serde::{Deserialize, Serialize};

use super::{Provenance, Sample};

/// What several threads that want the same thing cost each other, in processes of one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentionStudy {
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// Processes of each result, interleaved with those of all others.
    pub processes: u32,
    /// A result for each answer and number of threads.
    pub results: Vec<ContentionResult>,
}

/// What one answer took on so many threads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentionResult {
    /// The question.
    pub question: String,
    /// The answer.
    pub variant: String,
    /// Threads that took turns.
    pub threads: u32,
    /// Whether this is the second turn of the question's first answer, whose difference from the
    /// first turn is noise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Picoseconds from the beginning to the end, over the turns of all threads.
    pub wall_picoseconds: Sample,
    /// Picoseconds of CPU time of all threads, over their turns.
    pub cpu_picoseconds: Sample,
    /// Blocks that 1,000 turns asked for.
    pub allocations_per_thousand: Sample,
}

/// What one process took, as it prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentionMeasurement {
    /// Turns of all threads together.
    pub turns: u64,
    /// Nanoseconds from the beginning to the end.
    pub wall_nanoseconds: u64,
    /// CPU time of all threads in nanoseconds.
    pub cpu_nanoseconds: u64,
    /// Turns whose allocations were counted, apart from those that were timed.
    pub counted_turns: u64,
    /// Blocks that they asked for.
    pub allocations: u64,
}
