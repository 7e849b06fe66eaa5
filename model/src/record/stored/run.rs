use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entry, Failure, GroupInfo, HashSeeds, InstructionSettings, Tape, TimeSettings};

/// One execution of a suite on one commit, machine, allocator and toolchain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// The version of this layout; see [`SCHEMA`](super::SCHEMA).
    pub schema: u32,
    /// The version of heapmark that wrote the record.
    pub heapmark: String,
    /// The code that was measured.
    pub commit: Commit,
    /// When it was measured, in UTC, to the second.
    pub measured_at: String,
    /// The machine that it was measured on.
    pub machine: Machine,
    /// What built it.
    pub toolchain: Toolchain,
    /// The global allocator under the counters, as in `system` or `mimalloc`.
    pub allocator: String,
    /// The bench target that was run.
    pub suite: Suite,
    /// How the counts were taken.
    pub count: CountSettings,
    /// How times were taken; absent where none were.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<TimeSettings>,
    /// How instructions were counted; absent where they were not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instructions: Option<InstructionSettings>,
    /// The groups of the suite, in report order; absent in records of before they were kept.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub groups: Vec<GroupInfo>,
    /// One entry a case, in report order.
    pub entries: Vec<Entry>,
    /// Cases that could not be measured.
    pub failures: Vec<Failure>,
    /// Each different tape once, by the hash of its content.
    pub tapes: BTreeMap<String, Tape>,
}

/// A revision of the measured code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Commit {
    /// The full hash.
    pub sha: String,
    /// When it was committed, in UTC, to the second.
    pub committed_at: String,
    /// Its position on the first-parent line; null in a shallow clone, which cannot tell.
    pub order: Option<u64>,
    /// The first line of its message.
    pub subject: String,
    /// Whether the work tree differed from the commit, `results/` aside.
    pub dirty: bool,
}

/// A machine; its `id` names the folder of its records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// Slug of processor model, cores and operating system.
    pub id: String,
    /// The processor's model name.
    pub cpu: String,
    /// Logical cores that the process may use.
    pub cores: u64,
    /// The operating system, as in `linux`.
    pub os: String,
    /// The architecture, as in `x86_64`.
    pub arch: String,
    /// The kernel's release; null where it cannot be read.
    pub kernel: Option<String>,
    /// Bytes of memory; null where they cannot be read.
    pub memory: Option<u64>,
}

/// What built the measured binary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Toolchain {
    /// The release, as in `1.95.0` or `1.97.0-nightly`.
    pub rustc: String,
    /// The compiler's commit; null for builds that do not say.
    pub commit: Option<String>,
    /// The target triple.
    pub target: String,
    /// The release of LLVM; null for builds that do not say.
    pub llvm: Option<String>,
    /// The flags in `RUSTFLAGS`, empty where none were set.
    pub rustflags: String,
    /// SHA-256 of `Cargo.lock`; null where there is none.
    pub lock_sha256: Option<String>,
    /// SHA-256 of the names and versions of the crates that are in the measured binary or build
    /// it; absent in records of before it was kept, and where cargo does not tell.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dependencies_sha256: Option<String>,
}

/// The bench target that was run, and which part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suite {
    /// The package.
    pub package: String,
    /// The bench target.
    pub bench: String,
    /// The filter that chose the cases; null where all were run.
    pub filter: Option<String>,
}

/// The version of what an exact count is: one warm-up call, then single iterations, each from the
/// call until its result is dropped, with everything that the routine does on any thread.
///
/// It rises when the same code would be counted otherwise. Exact values of different versions are
/// never compared, and a history shows a break between them.
pub const COUNT_METHOD: u32 = 1;

/// How the counts were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountSettings {
    /// The version of the counting method, see [`COUNT_METHOD`]; absent in records of before it
    /// was kept, which is version 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub method: Option<u32>,
    /// Processes a case.
    pub processes: u32,
    /// Counted repetitions in each process, after one warm-up call.
    pub repetitions: u32,
    /// Whether hash seeds were as the system gives them.
    pub hash_seeds: HashSeeds,
}

impl CountSettings {
    /// The version of the counting method.
    pub fn method(&self) -> u32 {
        self.method.unwrap_or(1)
    }
}
