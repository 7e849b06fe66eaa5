//! Generates the runs of a synthetic history one after another, so the history need not fit into
//! memory.

use std::collections::BTreeMap;

use heapmark_model::record::{
    COUNT_METHOD, Commit, CountSettings, HashSeeds, Machine, MachineState, Run, SCHEMA, Suite,
    TimeSettings, Toolchain,
};

use super::case::SyntheticCase;

/// Number of commits between two compilers.
const BUMP: usize = 400;

/// Commits of a thousand that have no run.
const MISSING: u32 = 30;

/// Yields the runs of a history, oldest first.
pub(super) struct History {
    random: fastrand::Rng,
    cases: Vec<SyntheticCase>,
    /// Number of commits so far, with or without a run.
    commit: usize,
    /// Number of runs that remain.
    left: usize,
}

impl History {
    pub(super) fn new(cases: usize, runs: usize, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        Self {
            cases: (0..cases)
                .map(|n| SyntheticCase::new(n, &mut random))
                .collect(),
            random,
            commit: 0,
            left: runs,
        }
    }

    fn advance(&mut self) {
        self.commit += 1;
        let bumped = self.commit.is_multiple_of(BUMP);
        for case in &mut self.cases {
            case.next(&mut self.random);
            if bumped {
                case.bump(&mut self.random);
            }
        }
    }
}

impl Iterator for History {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        self.left = self.left.checked_sub(1)?;
        self.advance();
        while self.random.u32(0..1000) < MISSING {
            self.advance();
        }
        let sha = format!("{:016x}{:024x}", self.random.u64(..), self.commit);
        let mut run = head(self.commit, sha);
        let random = &mut self.random;
        run.entries = self.cases.iter().map(|case| case.entry(random)).collect();
        Some(run)
    }
}

/// The run of a commit without its entries.
fn head(commit: usize, sha: String) -> Run {
    Run {
        schema: SCHEMA,
        heapmark: "0.1.0".to_owned(),
        commit: Commit {
            sha,
            committed_at: time(commit),
            order: Some(commit as u64),
            subject: format!("Commit number {commit}"),
            dirty: false,
        },
        measured_at: time(commit),
        machine: Machine {
            id: "invented-2-linux".to_owned(),
            cpu: "Invented".to_owned(),
            cores: 2,
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            kernel: None,
            memory: Some(8 << 30),
        },
        toolchain: Toolchain {
            rustc: format!("1.{}.0", 70 + commit / BUMP),
            commit: None,
            target: "x86_64-unknown-linux-gnu".to_owned(),
            llvm: None,
            rustflags: String::new(),
            lock_sha256: None,
            dependencies_sha256: None,
        },
        allocator: "system".to_owned(),
        suite: Suite {
            package: "invented".to_owned(),
            bench: "memory_benchmarks".to_owned(),
            filter: None,
            harness: None,
            flags: String::new(),
        },
        count: CountSettings {
            method: Some(COUNT_METHOD),
            processes: 2,
            repetitions: 3,
            hash_seeds: HashSeeds::Random,
        },
        time: Some(settings()),
        instructions: None,
        groups: Vec::new(),
        entries: Vec::new(),
        failures: Vec::new(),
        timelines: BTreeMap::new(),
    }
}

fn settings() -> TimeSettings {
    TimeSettings {
        seed: 1,
        link_orders: 12,
        not_shuffled: None,
        launches: 12,
        max_launches: 48,
        batches: 20,
        batch_microseconds: 150,
        machine: MachineState::default(),
    }
}

/// A date with eight commits a day and months of 28 days. All such dates are valid without a
/// calendar.
fn time(commit: usize) -> String {
    let day = commit / 8;
    format!(
        "{:04}-{:02}-{:02}T{:02}:04:05Z",
        2015 + day / 336,
        1 + day / 28 % 12,
        1 + day % 28,
        8 + commit % 8
    )
}
