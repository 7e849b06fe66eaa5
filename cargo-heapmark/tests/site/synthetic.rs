//! Generated runs, with invented numbers that look like real ones.

use std::collections::BTreeMap;

use heapmark_model::record::{
    COUNT_METHOD, CaseInfo, Commit, CountSettings, Entry, Expected, HashSeeds, Instability,
    Machine, Metric, Run, SCHEMA, Spread, Suite, Timeline, Toolchain, Value,
};

/// Groups with their cases. A name with a slash has a parameter.
pub const GROUPS: [(&str, &[&str]); 4] = [
    (
        "string_allocations",
        &["small_string_new", "string_format", "string_join"],
    ),
    ("vec_allocations", &["vec_push_no_capacity", "vec_nested"]),
    ("leak_patterns", &["unbounded_cache_growth"]),
    ("allocation_sizes", &["vec_alloc/64", "vec_alloc/65536"]),
];

/// The run of the `number`th commit, in which every case of `groups` was counted.
pub fn run(number: u64, groups: &[(&str, &[&str])]) -> Run {
    let mut run = Run {
        schema: SCHEMA,
        heapmark: "0.1.0".to_owned(),
        commit: Commit {
            sha: format!("{:07x}{:033x}", 0x3f2_a91c + number * 0x10_357, number),
            committed_at: format!(
                "2026-{:02}-{:02}T10:04:05Z",
                1 + number / 28 % 12,
                1 + number % 28
            ),
            order: Some(number),
            subject: format!("Commit number {number}"),
            dirty: false,
        },
        measured_at: format!(
            "2026-{:02}-{:02}T12:00:00Z",
            1 + number / 28 % 12,
            1 + number % 28
        ),
        machine: Machine {
            id: "amd-epyc-2-cores-linux".to_owned(),
            cpu: "AMD EPYC".to_owned(),
            cores: 2,
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            kernel: Some("6.12.9".to_owned()),
            memory: Some(8 << 30),
        },
        toolchain: Toolchain {
            rustc: "1.95.0".to_owned(),
            commit: None,
            target: "x86_64-unknown-linux-gnu".to_owned(),
            llvm: Some("22.1.0".to_owned()),
            rustflags: String::new(),
            lock_sha256: Some("ab".repeat(32)),
            dependencies_sha256: Some("cd".repeat(32)),
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
        entries: Vec::new(),
        failures: Vec::new(),
        timelines: BTreeMap::new(),
    };
    for (group, cases) in groups {
        for case in *cases {
            let (entry, timeline) = entry(group, case);
            let hash = entry.timeline.clone().unwrap_or_default();
            run.entries.push(entry);
            run.timelines.insert(hash, timeline);
        }
    }
    run
}

/// A case that grows one vector and drops it. The length of the name sets how often it doubles.
fn entry(group: &str, case: &str) -> (Entry, Timeline) {
    let doublings = case.len() as u32 % 7;
    let size = |step: u32| 64_i64 << step;
    let peak = size(doublings);
    let retained = if group == "leak_patterns" { 64 } else { 0 };
    let mut live: Vec<i64> = (0..=doublings).map(size).collect();
    live.push(retained);
    let drop_at = u64::from(doublings) + 1;
    let timeline = Timeline::new(0, drop_at, drop_at + 1, live);
    let values = [1, 1, i64::from(doublings), peak, peak, retained, 0, 1, 0, 0];
    let metrics = Metric::ALL.into_iter().zip(values);
    let (variant, parameter) = match case.split_once('/') {
        Some((variant, size)) => (variant, size.parse().ok()),
        None => (case, None),
    };
    let entry = Entry {
        case: CaseInfo {
            id: format!("{group}/{case}"),
            group: group.to_owned(),
            question: None,
            variant: variant.to_owned(),
            parameter,
            summary: format!("Grows a vector {doublings} times, then drops it."),
            file: format!("benches/memory_benchmarks/{group}.rs"),
        },
        metrics: metrics.map(|(m, v)| (m, Value::exact(v))).collect(),
        size_classes: (0..=doublings).map(|step| (64 << step, 1)).collect(),
        timeline: Some(format!("{group}-{case}")),
        other_threads: false,
        expected: vec![Expected {
            claim: "allocs == 1".to_owned(),
            met: true,
        }],
        time: None,
        growth: None,
        instructions: None,
    };
    (entry, timeline)
}

/// A history of `runs` runs of [`GROUPS`] in which nothing changes.
pub fn history(runs: u64) -> Vec<Run> {
    (0..runs).map(|number| run(number, &GROUPS)).collect()
}

/// The entry with this id.
pub fn entry_of<'a>(run: &'a mut Run, id: &str) -> &'a mut Entry {
    let mut entries = run.entries.iter_mut();
    entries
        .find(|entry| entry.case.id == id)
        .expect("a case of the synthetic suite")
}

/// Sets an exact value.
pub fn set(run: &mut Run, id: &str, metric: Metric, value: i64) {
    entry_of(run, id)
        .metrics
        .insert(metric, Value::exact(value));
}

/// Sets a value that varies.
pub fn sample(run: &mut Run, id: &str, metric: Metric, value: i64, why: Instability) {
    let sampled = Value {
        value: Some(value),
        exact: false,
        spread: Some(Spread {
            min: value - 1,
            max: value + 3,
        }),
        why: Some(why),
        rate: None,
    };
    entry_of(run, id).metrics.insert(metric, sampled);
}
