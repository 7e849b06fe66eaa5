//! Tests of the verdicts on counts, each with a change planted into one of two equal runs.

use super::*;
use crate::analysis::planted::{entry, run};
use crate::record::{Failure, Instability, Rate, RateRange, Spread, Value};

/// The change of one case after `plant` has modified the later run.
fn planted(plant: impl Fn(&mut Entry)) -> Change {
    let earlier = run(&["a/x"]);
    let mut later = earlier.clone();
    plant(&mut later.entries[0]);
    changes(&earlier, &later).remove(0)
}

fn set(entry: &mut Entry, metric: Metric, value: i64) {
    entry.metrics.insert(metric, Value::exact(value));
}

fn sample(entry: &mut Entry, metric: Metric, value: i64) {
    entry.metrics.insert(
        metric,
        Value {
            value: Some(value),
            exact: false,
            spread: Some(Spread {
                min: value - 1,
                max: value + 1,
            }),
            why: Some(Instability::ProcessesDiffer),
            rate: None,
        },
    );
}

#[test]
fn two_equal_runs_are_the_same() {
    let change = planted(|_| {});
    assert_eq!(change.verdict, CountVerdict::Same);
    assert_eq!(change.differences, []);
}

#[test]
fn one_more_allocation_is_worse() {
    let change = planted(|entry| {
        set(entry, Metric::Allocs, 2);
        set(entry, Metric::Frees, 2);
    });
    assert_eq!(change.verdict, CountVerdict::Worse);
    assert_eq!(
        change.differences[0],
        Difference {
            metric: Metric::Allocs,
            before: 1,
            after: 2
        }
    );
}

#[test]
fn the_same_blocks_in_other_sizes_are_reported_but_not_judged() {
    let mut earlier = run(&["a/x"]);
    earlier.entries[0].size_classes = vec![(64, 1)];
    let mut later = earlier.clone();
    later.entries[0].size_classes = vec![(128, 1)];
    let change = changes(&earlier, &later).remove(0);
    assert_eq!(change.verdict, CountVerdict::Same);
    assert!(change.has_moved() && change.differences.is_empty());
}

#[test]
fn one_byte_less_is_better() {
    let change = planted(|entry| set(entry, Metric::Bytes, 63));
    assert_eq!(change.verdict, CountVerdict::Better);
}

#[test]
fn fewer_allocations_with_a_higher_peak_are_mixed() {
    let change = planted(|entry| {
        set(entry, Metric::Allocs, 0);
        set(entry, Metric::Peak, 128);
    });
    assert_eq!(change.verdict, CountVerdict::Mixed);
}

#[test]
fn a_leak_is_worse_although_it_frees_less() {
    let change = planted(|entry| {
        set(entry, Metric::Frees, 0);
        set(entry, Metric::Retained, 64);
    });
    assert_eq!(change.verdict, CountVerdict::Worse);
    let empty_block = planted(|entry| set(entry, Metric::Frees, 0));
    assert_eq!(empty_block.verdict, CountVerdict::Worse);
}

#[test]
fn a_metric_that_varies_without_a_range_is_never_the_same() {
    let change = planted(|entry| sample(entry, Metric::Bytes, 1_000_000));
    assert_eq!(change.verdict, CountVerdict::Undecided);
    assert_eq!(change.differences, []);
    assert_eq!(change.unjudged, [Metric::Bytes]);
}

/// The change of a case with 64 bytes in the earlier run. In the later run its bytes vary in this
/// range, over 1,000 iterations in `processes` processes.
fn ranged(processes: u32, min: i64, max: i64) -> Change {
    planted(|entry| {
        sample(entry, Metric::Bytes, 64);
        let ranges = vec![RateRange {
            iterations: 1_000,
            min,
            max,
        }];
        let bytes = entry.metrics.get_mut(&Metric::Bytes).unwrap();
        bytes.rate = Some(Rate { processes, ranges });
    })
}

#[test]
fn ranges_decide_if_they_do_not_overlap_and_only_then() {
    assert_eq!(ranged(10, 64_001, 65_000).verdict, CountVerdict::Worse);
    assert_eq!(ranged(10, 60_000, 63_999).verdict, CountVerdict::Better);
    for (min, max) in [(64_000, 65_000), (60_000, 64_000), (64_000, 64_000)] {
        let change = ranged(10, min, max);
        assert_eq!(change.verdict, CountVerdict::Undecided, "{min}..{max}");
        assert_eq!(change.unjudged, [Metric::Bytes]);
    }
    assert_eq!(ranged(9, 64_001, 65_000).verdict, CountVerdict::Undecided);
}

#[test]
fn a_certain_change_is_not_hidden_by_a_metric_that_varies() {
    let change = planted(|entry| {
        sample(entry, Metric::Bytes, 64);
        set(entry, Metric::Retained, 64);
    });
    assert_eq!(change.verdict, CountVerdict::Worse);
}

#[test]
fn nothing_exact_is_undecided_rather_than_the_same() {
    let change = planted(|entry| {
        for metric in Metric::ALL {
            sample(entry, metric, 9);
        }
    });
    assert_eq!(change.verdict, CountVerdict::Undecided);
}

#[test]
fn work_that_moves_into_the_drop_is_shown_but_not_judged() {
    let change = planted(|entry| set(entry, Metric::DropFrees, 0));
    assert_eq!(change.verdict, CountVerdict::Same);
    assert_eq!(change.differences.len(), 1);
}

#[test]
fn cases_that_come_and_go_are_added_and_removed() {
    let found = changes(&run(&["a/x", "a/old"]), &run(&["a/new", "a/x"]));
    let verdicts: Vec<_> = found.iter().map(|c| (c.id.as_str(), c.verdict)).collect();
    assert_eq!(
        verdicts,
        [
            ("a/new", CountVerdict::Added),
            ("a/x", CountVerdict::Same),
            ("a/old", CountVerdict::Removed)
        ]
    );
}

#[test]
fn a_case_that_was_filtered_out_or_failed_is_not_removed() {
    let earlier = run(&["a/x", "a/y"]);
    let mut filtered = run(&["a/x"]);
    filtered.suite.filter = Some("x".to_owned());
    assert_eq!(changes(&earlier, &filtered).len(), 1);
    let mut failed = run(&["a/x"]);
    failed.failures.push(Failure {
        id: "a/y".to_owned(),
        reason: "panicked".to_owned(),
    });
    assert_eq!(changes(&earlier, &failed).len(), 1);
    assert_eq!(changes(&failed, &earlier).len(), 1, "it is not added later");
}

#[test]
fn each_aspect_that_differs_is_an_obstacle() {
    let earlier = run(&[]);
    assert_eq!(obstacles(&earlier, &earlier), []);
    type Plant = fn(&mut Run);
    let plants: [(Aspect, Plant); 5] = [
        (Aspect::Target, |r| r.toolchain.target = "other".to_owned()),
        (Aspect::Compiler, |r| {
            r.toolchain.rustc = "1.96.0".to_owned()
        }),
        (Aspect::LockFile, |r| r.toolchain.lock_sha256 = None),
        (Aspect::Allocator, |r| r.allocator = "mimalloc".to_owned()),
        (Aspect::Method, |r| r.count.method = Some(2)),
    ];
    for (aspect, plant) in plants {
        let mut later = earlier.clone();
        plant(&mut later);
        let found = obstacles(&earlier, &later);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].aspect, aspect);
    }
}

#[test]
fn a_lock_file_that_changed_elsewhere_is_not_an_obstacle_if_dependencies_are_known() {
    let mut earlier = run(&[]);
    earlier.toolchain.dependencies_sha256 = Some("cc".to_owned());
    let mut later = earlier.clone();
    later.toolchain.lock_sha256 = Some("bb".to_owned());
    assert_eq!(obstacles(&earlier, &later), []);
    later.toolchain.dependencies_sha256 = Some("dd".to_owned());
    assert_eq!(obstacles(&earlier, &later)[0].aspect, Aspect::Dependencies);
}

#[test]
fn another_kernel_is_not_an_obstacle_to_counts() {
    let earlier = run(&[]);
    let mut later = earlier.clone();
    later.machine.kernel = Some("6.12".to_owned());
    assert_eq!(obstacles(&earlier, &later), []);
}

#[test]
fn leak_patterns_are_intentional_leaks_and_nothing_else_is() {
    assert!(is_intentional_leak(
        &entry("leak_patterns/unbounded_cache_growth").case
    ));
    assert!(!is_intentional_leak(
        &entry("string_allocations/leak_patterns").case
    ));
}

#[test]
fn a_case_retains_only_if_every_repetition_did() {
    let mut case = entry("a/x");
    assert!(!retains(&case));
    set(&mut case, Metric::Retained, 8);
    assert!(retains(&case));
    sample(&mut case, Metric::Retained, 8);
    assert!(retains(&case));
    sample(&mut case, Metric::Retained, 1);
    assert!(!retains(&case), "the lowest repetition left nothing");
}
