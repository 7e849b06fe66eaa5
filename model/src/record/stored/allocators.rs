//! Records of several allocators that do the same work.

use serde::{Deserialize, Serialize};

use super::Provenance;

/// A comparison of several allocators doing the same work, in processes of one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatorRecord {
    /// Where the record comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// The number of processes per result, interleaved with those of all other results.
    pub processes: u32,
    /// The allocators with their versions. The others are compared with the first one, which is
    /// measured twice.
    pub allocators: Vec<Allocator>,
    /// One result for each work and allocator.
    pub results: Vec<AllocatorResult>,
    /// The times of the suite's cases; empty if they were not measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<AllocatorCase>,
}

/// The times of one case of the suite under all allocators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatorCase {
    /// Its id.
    pub id: String,
    /// Its group.
    pub group: String,
    /// The question that it answers; absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// One run for each allocator, and a second one for the first.
    pub turns: Vec<AllocatorTurn>,
}

/// The time of a case under one allocator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatorTurn {
    /// The allocator.
    pub allocator: String,
    /// Whether this is the second run of the first allocator.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Picoseconds per iteration, one number per round: the fastest batch of a process. Each round
    /// runs another link order.
    pub picoseconds: Vec<u64>,
}

/// An allocator of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocator {
    /// Its name.
    pub name: String,
    /// The version of its crate; absent for the allocator of the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// The measurements of one allocator on one work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatorResult {
    /// The work.
    pub work: String,
    /// The allocator.
    pub allocator: String,
    /// Whether this is the second run of the first allocator, which differs from its first run only
    /// by noise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// CPU time of the process in nanoseconds.
    pub cpu_nanoseconds: Sample,
    /// Minor page faults.
    pub minor_faults: Sample,
    /// The highest resident memory of the process, in bytes.
    pub highest_resident: Sample,
    /// Anonymous memory of the process after the work, in bytes.
    pub anonymous_after: Sample,
    /// The memory that the first process held, if the work is to hold memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<AllocatorHeld>,
}

/// A measurement over several processes, in the unit of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The lowest.
    pub min: u64,
    /// The median.
    pub median: u64,
    /// The highest.
    pub max: u64,
}

/// The measurements of one process, in the form in which it prints them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocatorMeasurement {
    /// CPU time in nanoseconds.
    pub cpu_nanoseconds: u64,
    /// Minor page faults.
    pub minor_faults: u64,
    /// The highest resident memory, in bytes.
    pub highest_resident: u64,
    /// Anonymous memory after the work, in bytes.
    pub anonymous_after: u64,
    /// The memory that the process held, if the work is to hold memory.
    pub held: Option<AllocatorHeld>,
}

/// Memory that a process held, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocatorHeld {
    /// Bytes that the program requested.
    pub requested: u64,
    /// Usable bytes of its blocks; `null` if the allocator does not report them.
    pub usable: Option<u64>,
    /// The growth of the resident memory.
    pub resident: u64,
    /// Requested bytes that the program still held after it freed every second block.
    pub requested_after: u64,
    /// Resident memory of the process at that time.
    pub resident_after: u64,
}
