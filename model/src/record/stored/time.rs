//! The times and instructions of a case, and how they were measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The time of one iteration of a case, over fresh processes that each ran another link order.
///
/// Times are in whole picoseconds (1,000 per nanosecond), so that rounding is not visible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Time {
    /// The median of the undisturbed launches, in picoseconds.
    pub median: u64,
    /// The 95 % confidence interval of the median over all possible launches; null if there were
    /// too few launches.
    pub interval: Option<Interval>,
    /// The median batch of each undisturbed launch, in picoseconds per iteration, in run order.
    pub launches: Vec<u64>,
    /// The number of launches that are discarded because another process used the processor.
    pub disturbed: u32,
}

/// A range of times, in picoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// Its lower end.
    pub low: u64,
    /// Its upper end.
    pub high: u64,
}

/// How the times of a run were measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TimeSettings {
    /// The PRNG seed for link orders, heap seeds and the order of launches.
    pub seed: u32,
    /// The number of different link orders; every launch of a case ran another one.
    #[serde(rename = "layouts")]
    pub link_orders: u32,
    /// Why the code ran in only one link order; absent if link orders were shuffled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub not_shuffled: Option<String>,
    /// The number of launches of every case.
    pub launches: u32,
    /// The maximum number of launches of a case with a wide interval.
    pub max_launches: u32,
    /// The number of timed batches in a launch.
    pub batches: u32,
    /// The intended length of a batch, in microseconds.
    pub batch_microseconds: u32,
    /// The load and the settings of the machine.
    pub machine: MachineState,
}

/// What may disturb a time and can be read from the machine. A value that cannot be read is null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MachineState {
    /// The load average of the minute before the first launch, in hundredths of a process.
    pub load_before: Option<u32>,
    /// The same after the last launch; it includes heapmark's own work.
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
    /// The number of counted repetitions, after one warm-up call.
    pub repetitions: u32,
    /// The source of the hash seeds.
    pub hash_seeds: super::HashSeeds,
}
