//! The record of one run: what was measured, on which code, machine and toolchain.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entry, Failure, GroupInfo, HashSeeds, InstructionSettings, TimeSettings, Timeline};

/// One execution of a suite on one commit, machine, allocator and toolchain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// The version of this format; see [`SCHEMA`](super::SCHEMA).
    pub schema: u32,
    /// The version of heapmark that wrote the record.
    pub heapmark: String,
    /// The code that was measured.
    pub commit: Commit,
    /// When it was measured, in UTC, to the second.
    pub measured_at: String,
    /// The machine that it was measured on.
    pub machine: Machine,
    /// The toolchain that built it.
    pub toolchain: Toolchain,
    /// The global allocator under the counters, as in `system` or `mimalloc`.
    pub allocator: String,
    /// The bench target that was run.
    pub suite: Suite,
    /// How the counts were measured.
    pub count: CountSettings,
    /// How the times were measured; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<TimeSettings>,
    /// How the instructions were counted; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instructions: Option<InstructionSettings>,
    /// The groups of the suite, in report order; absent in older records.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub groups: Vec<GroupInfo>,
    /// One entry per case, in report order.
    pub entries: Vec<Entry>,
    /// Cases that could not be measured.
    pub failures: Vec<Failure>,
    /// Each distinct timeline once, by the hash of its content.
    #[serde(rename = "tapes")]
    pub timelines: BTreeMap<String, Timeline>,
}

/// A revision of the measured code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Commit {
    /// The full hash.
    pub sha: String,
    /// When it was committed, in UTC, to the second.
    pub committed_at: String,
    /// Its position on the first-parent line; null in a shallow clone, where it is unknown.
    pub order: Option<u64>,
    /// The first line of its message.
    pub subject: String,
    /// Whether the work tree differed from the commit, except in `results/`.
    pub dirty: bool,
}

/// A machine; its `id` names the folder of its records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// A slug of processor model, cores and operating system.
    pub id: String,
    /// The processor's model name.
    pub cpu: String,
    /// The number of logical cores that the process may use.
    pub cores: u64,
    /// The operating system, as in `linux`.
    pub os: String,
    /// The architecture, as in `x86_64`.
    pub arch: String,
    /// The kernel's release; null if it cannot be read.
    pub kernel: Option<String>,
    /// The memory size in bytes; null if it cannot be read.
    pub memory: Option<u64>,
}

/// The toolchain that built the measured binary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Toolchain {
    /// The release of the compiler, as in `1.95.0` or `1.97.0-nightly`.
    pub rustc: String,
    /// The compiler's commit; null if the compiler does not report it.
    pub commit: Option<String>,
    /// The target triple.
    pub target: String,
    /// The release of LLVM; null if the compiler does not report it.
    pub llvm: Option<String>,
    /// The flags in `RUSTFLAGS`; empty if none are set.
    pub rustflags: String,
    /// SHA-256 of `Cargo.lock`; null if there is no such file.
    pub lock_sha256: Option<String>,
    /// SHA-256 of the names and versions of the crates that are in the measured binary or build it.
    /// Absent in older records, and if cargo does not report them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dependencies_sha256: Option<String>,
}

/// The bench target that was run, and which part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suite {
    /// The package.
    pub package: String,
    /// The bench target; `*` for all of the package that use criterion.
    pub bench: String,
    /// The filter that chose the cases; null if all were run.
    pub filter: Option<String>,
    /// The harness that the benchmarks were written for, as in `criterion`; absent for heapmark's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub harness: Option<String>,
    /// The flags of cargo that chose features and profile, as in `--all-features`; absent for the
    /// usual build.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub flags: String,
}

/// The version of the counting method. Version 1 makes one warm-up call and then counts single
/// iterations. Each is counted from its call until its result is dropped, with everything that the
/// routine does on any thread.
///
/// The version rises if the same code would be counted differently. Exact values of different
/// versions are never compared, and a history shows a break between them.
pub const COUNT_METHOD: u32 = 1;

/// How the counts were measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountSettings {
    /// The version of the counting method, see [`COUNT_METHOD`]; absent in older records, which use
    /// version 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub method: Option<u32>,
    /// The number of processes per case.
    pub processes: u32,
    /// The number of counted repetitions in each process, after one warm-up call.
    pub repetitions: u32,
    /// The source of the hash seeds.
    pub hash_seeds: HashSeeds,
}

impl CountSettings {
    /// The version of the counting method.
    pub fn method(&self) -> u32 {
        self.method.unwrap_or(1)
    }
}
