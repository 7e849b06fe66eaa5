use serde::{Deserialize, Serialize};

use super::Provenance;

/// What several allocators made of the same work, in processes of one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatorStudy {
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// Processes of each result, interleaved with those of all others.
    pub processes: u32,
    /// The allocators, each with its version; the first is the one that others are held against,
    /// and was run twice.
    pub allocators: Vec<Allocator>,
    /// A result for each work and allocator.
    pub results: Vec<AllocatorResult>,
    /// The times of the suite's cases; empty where they were not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<AllocatorCase>,
}

/// The times of one case of the suite under all allocators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatorCase {
    /// Its stable id.
    pub id: String,
    /// Its group.
    pub group: String,
    /// The question that it answers; absent for a case that stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// A turn for each allocator, and a second one for the first.
    pub turns: Vec<AllocatorTurn>,
}

/// What a case took under one allocator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatorTurn {
    /// The allocator.
    pub allocator: String,
    /// Whether this is the second turn of the first allocator.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Picoseconds an iteration, one number a round: the fastest batch of a process that ran
    /// another layout of the code in each round.
    pub picoseconds: Vec<u64>,
}

/// An allocator that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocator {
    /// What it is called.
    pub name: String,
    /// The version of its crate; absent for the platform's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What one allocator made of one work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatorResult {
    /// The work.
    pub work: String,
    /// The allocator.
    pub allocator: String,
    /// Whether this is the second turn of the first allocator, whose difference from the first
    /// turn is noise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// CPU time of the process in nanoseconds.
    pub cpu_nanoseconds: Sample,
    /// Pages that the kernel had to bring.
    pub minor_faults: Sample,
    /// Most bytes of the process in memory at once.
    pub highest_resident: Sample,
    /// Bytes of the process that no file backs, after the work.
    pub anonymous_after: Sample,
    /// What the first process held, where the work was to hold memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<AllocatorHeld>,
}

/// What several processes took, in the unit of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Least.
    pub min: u64,
    /// Half of the processes took no more.
    pub median: u64,
    /// Most.
    pub max: u64,
}

/// What one process did, as it prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocatorMeasurement {
    /// CPU time in nanoseconds.
    pub cpu_nanoseconds: u64,
    /// Pages that the kernel had to bring.
    pub minor_faults: u64,
    /// Most bytes in memory at once.
    pub highest_resident: u64,
    /// Bytes that no file backs, after the work.
    pub anonymous_after: u64,
    /// What was held, where the work was to hold memory.
    pub held: Option<AllocatorHeld>,
}

/// Memory that was held, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocatorHeld {
    /// What the program asked for.
    pub requested: u64,
    /// What it may use of the blocks that it got; `null` where the allocator cannot be asked.
    pub usable: Option<u64>,
    /// By how much the process grew in memory for it.
    pub resident: u64,
    /// What the program still held of its requests after it freed every second block.
    pub requested_after: u64,
    /// What of the process was then still in memory.
    pub resident_after: u64,
}
