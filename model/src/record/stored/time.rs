use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long one iteration of a case takes, over fresh processes that each ran another layout of
/// the code.
///
/// Times are whole picoseconds: 1,000 are a nanosecond, and no rounding shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Time {
    /// The median of the launches that count, in picoseconds.
    pub median: u64,
    /// Where the median of all possible launches lies with 95 % confidence; null where there were
    /// too few launches to say.
    pub interval: Option<Interval>,
    /// The median batch of each launch that counts, in picoseconds an iteration, in the order they
    /// were run.
    pub launches: Vec<u64>,
    /// Launches that do not count: somebody shared the processor meanwhile.
    pub disturbed: u32,
}

/// A stretch of time, in picoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// Its lower end.
    pub low: u64,
    /// Its upper end.
    pub high: u64,
}

/// How the times of a run were taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TimeSettings {
    /// What code layouts, heap seeds and the order of launches are drawn from.
    pub seed: u32,
    /// Different layouts of the code that were run; every launch of a case ran another one.
    pub layouts: u32,
    /// Why the code was run as it was linked, in one layout; absent where layouts were shuffled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub not_shuffled: Option<String>,
    /// Launches that every case got.
    pub launches: u32,
    /// Launches that a case with a wide interval could get.
    pub max_launches: u32,
    /// Timed batches in a launch.
    pub batches: u32,
    /// How long a batch was meant to take, in microseconds.
    pub batch_microseconds: u32,
    /// What else the machine was doing, and how it was set.
    pub machine: MachineState,
}

/// What may disturb a time and can be read from the machine. Null where it cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MachineState {
    /// Load average of the last minute before the first launch, in hundredths of a process.
    pub load_before: Option<u32>,
    /// The same after the last launch; our own work is in it.
    pub load_after: Option<u32>,
    /// The frequency governor of the first processor, as in `performance`.
    pub governor: Option<String>,
    /// Whether the machine is virtual.
    pub virtual_machine: Option<bool>,
    /// Whether the system places code and data at random addresses.
    pub address_randomisation: Option<bool>,
}

/// How instructions were counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InstructionSettings {
    /// The release of valgrind, as in `3.24.0`.
    pub valgrind: String,
    /// Counted repetitions, after one warm-up call.
    pub repetitions: u32,
    /// Where hash seeds came from.
    pub hash_seeds: super::HashSeeds,
}
