//! Runs made in code, into which tests plant a change.

use std::collections::BTreeMap;

use crate::record::{
    COUNT_METHOD, CaseInfo, Commit, CountSettings, Entry, HashSeeds, Machine, Metric, Run, SCHEMA,
    Suite, Toolchain, Value,
};

/// A run with one case per id. Each case allocates and frees one block of 64 B.
pub fn run(ids: &[&str]) -> Run {
    Run {
        schema: SCHEMA,
        heapmark: "0.1.0".to_owned(),
        commit: Commit {
            sha: "3f2a91c0".to_owned(),
            committed_at: "2026-11-20T10:00:00Z".to_owned(),
            order: Some(7),
            subject: "Subject".to_owned(),
            dirty: false,
        },
        measured_at: "2026-11-20T11:00:00Z".to_owned(),
        machine: Machine {
            id: "machine".to_owned(),
            cpu: "cpu".to_owned(),
            cores: 2,
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            kernel: None,
            memory: None,
        },
        toolchain: Toolchain {
            rustc: "1.95.0".to_owned(),
            commit: None,
            target: "x86_64-unknown-linux-gnu".to_owned(),
            llvm: None,
            rustflags: String::new(),
            lock_sha256: Some("aa".to_owned()),
            dependencies_sha256: None,
        },
        allocator: "system".to_owned(),
        suite: Suite {
            package: "heapmark".to_owned(),
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
        time: None,
        instructions: None,
        groups: Vec::new(),
        entries: ids.iter().map(|id| entry(id)).collect(),
        failures: Vec::new(),
        timelines: BTreeMap::new(),
    }
}

/// The entry of a case that allocates and frees one block of 64 B.
pub fn entry(id: &str) -> Entry {
    let values = [1, 1, 0, 64, 64, 0, 0, 1, 0, 0];
    Entry {
        case: CaseInfo {
            id: id.to_owned(),
            group: id.split('/').next().unwrap_or_default().to_owned(),
            question: None,
            variant: id.to_owned(),
            parameter: None,
            summary: "Summary.".to_owned(),
            file: "benches/x.rs".to_owned(),
        },
        metrics: Metric::ALL
            .into_iter()
            .zip(values)
            .map(|(metric, value)| (metric, Value::exact(value)))
            .collect(),
        size_classes: Vec::new(),
        timeline: None,
        other_threads: false,
        expected: Vec::new(),
        time: None,
        growth: None,
        instructions: None,
    }
}
