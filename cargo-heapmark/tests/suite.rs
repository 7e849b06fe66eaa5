//! The benchmark suite in the bench profile: names of cases, exact counts, and its command line.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cargo_heapmark::event::Silent;
use cargo_heapmark::runner::{self, Binary, Built, Suite, Workspace};
use heapmark_model::launch::Launcher;
use heapmark_model::record::{COUNT_METHOD, CountSettings, Entry, HashSeeds, Instability, Metric};

static STOP: AtomicBool = AtomicBool::new(false);

fn build() -> Built {
    let workspace = Workspace::find(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
    let target = workspace.bench("memory_benchmarks", None).unwrap();
    runner::build(&workspace, &target, &[]).unwrap()
}

/// The binary that `cargo bench --bench memory_benchmarks` runs.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build().binary)
}

fn run(arguments: &[&str]) -> Output {
    Command::new(binary())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn count_all() -> Vec<Entry> {
    let launcher = Launcher::new(binary(), Duration::from_secs(60), &STOP);
    let mut suite = Binary::new(build(), Path::new("no link orders are asked for"), launcher);
    let cases = suite.list().unwrap().cases;
    let settings = CountSettings {
        method: Some(COUNT_METHOD),
        processes: 2,
        repetitions: 3,
        hash_seeds: HashSeeds::Random,
    };
    let counted = runner::count(&mut suite, &cases, settings, &mut Silent).unwrap();
    assert!(counted.failures.is_empty(), "{:?}", counted.failures);
    counted.entries
}

/// The names under which history is stored.
const CASES: [(&str, &[&str]); 9] = [
    (
        "string_allocations",
        &[
            "small_string_new",
            "medium_string_new",
            "large_string_new",
            "string_format",
            "string_concat_push",
            "string_join",
        ],
    ),
    (
        "vec_allocations",
        &[
            "vec_push_no_capacity",
            "vec_push_with_capacity",
            "vec_from_iter",
            "vec_clone_1000",
            "vec_nested",
        ],
    ),
    (
        "hashmap_allocations",
        &[
            "hashmap_insert_no_capacity",
            "hashmap_insert_with_capacity",
            "hashmap_string_keys",
            "hashmap_clone_100",
        ],
    ),
    (
        "smart_pointers",
        &[
            "box_new",
            "box_large_struct",
            "arc_new",
            "arc_clone",
            "rc_new",
        ],
    ),
    (
        "request_response",
        &[
            "request_minimal",
            "request_with_headers",
            "response_json_small",
            "response_json_large",
        ],
    ),
    (
        "object_pool",
        &[
            "without_pool",
            "mutex_pool",
            "lockfree_pool",
            "borrow-a-1-kib-buffer/none",
            "borrow-a-1-kib-buffer/heapmark-pool",
        ],
    ),
    (
        "leak_patterns",
        &[
            "unbounded_cache_growth",
            "bounded_cache_with_eviction",
            "weak_reference_pattern",
            "remember-answers/problem",
            "remember-answers/solution_bounded",
            "remember-answers/solution_lru",
            "tell-handlers-of-an-event/problem",
            "tell-handlers-of-an-event/solution",
            "know-one-s-parent/problem",
            "know-one-s-parent/solution",
            "reuse-a-buffer/problem",
            "reuse-a-buffer/solution",
            "collect-in-a-thread-local/problem",
            "collect-in-a-thread-local/solution",
            "disarm-a-guard/problem",
            "disarm-a-guard/solution",
            "give-a-request-a-name/problem",
            "give-a-request-a-name/solution",
            "send-to-a-slow-reader/problem",
            "send-to-a-slow-reader/solution",
            "cancel-a-timeout/problem",
            "cancel-a-timeout/solution",
            "intern-header-names/problem",
            "intern-header-names/solution",
            "give-a-buffer-back-to-a-pool/problem",
            "give-a-buffer-back-to-a-pool/solution",
            "prepare-a-statement-once/problem",
            "prepare-a-statement-once/solution",
            "keep-the-handles-of-jobs/problem",
            "keep-the-handles-of-jobs/solution",
            "keep-events-for-debugging/problem",
            "keep-events-for-debugging/solution",
            "let-a-callback-change-its-widget/problem",
            "let-a-callback-change-its-widget/solution",
            "find-the-session-of-a-user/problem",
            "find-the-session-of-a-user/solution",
        ],
    ),
    (
        "allocation_sizes",
        &[
            "vec_alloc/64",
            "vec_alloc/256",
            "vec_alloc/1024",
            "vec_alloc/4096",
            "vec_alloc/16384",
            "vec_alloc/65536",
            "string_alloc/64",
            "string_alloc/256",
            "string_alloc/1024",
            "string_alloc/4096",
            "string_alloc/16384",
            "string_alloc/65536",
        ],
    ),
    (
        "drop_timing",
        &[
            "drop_small_vec",
            "drop_large_vec",
            "drop_nested_structure",
            "drop_hashmap",
        ],
    ),
];

#[test]
fn the_cases_have_the_names_under_which_history_is_stored() {
    let listed = stdout(&run(&["--bench", "--list", "--format", "terse"]));
    let mut listed = listed.lines();
    for (group, cases) in CASES {
        for case in cases {
            // Other cases may follow in the same group.
            let line = format!("{group}/{case}: benchmark");
            assert!(listed.any(|other| other == line), "{line} is not there");
        }
    }
}

/// The newest record under results/, by the time of its commit, with which its name begins.
fn newest_record() -> PathBuf {
    let machines =
        std::fs::read_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("results"))
            .unwrap();
    let years =
        machines.flat_map(|machine| std::fs::read_dir(machine.unwrap().path().join("2026")));
    let records = years.flatten().map(|record| record.unwrap().path());
    let newest = records.max_by_key(|path| path.file_name().map(ToOwned::to_owned));
    newest.unwrap()
}

#[test]
fn every_id_of_the_newest_record_is_still_that_of_a_case() {
    let record = cargo_heapmark::store::read(&newest_record()).unwrap();
    let listed = stdout(&run(&["--bench", "--list", "--format", "terse"]));
    let listed: BTreeSet<&str> = listed.lines().collect();
    assert!(record.entries.len() >= 329, "{}", record.entries.len());
    for entry in record.entries {
        let id = entry.case.id;
        assert!(listed.contains(&*format!("{id}: benchmark")), "{id}");
    }
}

#[test]
fn the_suite_has_breadth_in_every_group() {
    let listed = stdout(&run(&["--bench", "--list", "--format", "terse"]));
    let ids: BTreeSet<&str> = listed.lines().collect();
    assert_eq!(ids.len(), listed.lines().count(), "a name is listed twice");
    assert!(ids.len() >= 200, "only {} cases", ids.len());
    for (group, cases) in CASES.iter().filter(|(group, _)| *group != "leak_patterns") {
        let prefix = format!("{group}/");
        let all = ids.iter().filter(|id| id.starts_with(&prefix)).count();
        assert!(all >= cases.len() + 8, "only {all} in {group}");
    }
}

#[test]
fn each_claim_of_documentation_is_asserted_by_a_case_that_passes() {
    let entries = count_all();
    let code = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let mut claims = 0;
    for row in include_str!("../../docs/claims.md").lines() {
        let cells: Vec<&str> = row.split('|').collect();
        let [_, _, _, case, counted, verdict, _] = cells[..] else {
            continue;
        };
        let (case, counted, verdict) = (code(case), code(counted), verdict.trim());
        if !case.contains('/') {
            continue;
        }
        let entry = entries.iter().find(|entry| entry.case.id == case);
        let entry = entry.unwrap_or_else(|| panic!("{case} is not a case"));
        let expected = entry.expected.iter().find(|one| one.claim == counted);
        let expected = expected.unwrap_or_else(|| panic!("{case} does not assert {counted}"));
        assert!(expected.met, "the assertion {counted} of {case} fails");
        assert!(
            verdict == "holds" || verdict == "false",
            "{case}: {verdict}"
        );
        claims += 1;
    }
    assert!(claims >= 40, "only {claims} claims");
}

#[test]
fn ten_runs_give_the_same_counts_for_every_case_called_exact() {
    let mut seen: BTreeMap<(String, Metric), i64> = BTreeMap::new();
    for _ in 0..10 {
        let entries = count_all();
        let exact = entries.iter().filter(|entry| entry.is_exact()).count();
        let wanted = entries.len() * 95 / 100;
        assert!(
            exact >= wanted,
            "only {exact} of {} are exact",
            entries.len()
        );
        for entry in entries {
            for (metric, value) in entry.metrics {
                // A metric that is not exact states why. stats_alloc is never the reason.
                assert_eq!(value.exact, value.why.is_none(), "{}", entry.case.id);
                assert_ne!(
                    value.why,
                    Some(Instability::ControlDisagrees),
                    "{}",
                    entry.case.id
                );
                if let Some(number) = value.value.filter(|_| value.exact) {
                    let before = *seen
                        .entry((entry.case.id.clone(), metric))
                        .or_insert(number);
                    assert_eq!(before, number, "{} {}", entry.case.id, metric.key());
                }
            }
        }
    }
}

#[test]
fn a_filter_is_a_group_an_expression_or_a_whole_name() {
    let lines = |arguments: &[&str]| {
        let list = ["--bench", "--list", "--format", "terse"];
        stdout(&run(&[&list, arguments].concat())).lines().count()
    };
    assert_eq!(lines(&["^string_allocations/s"]), 4);
    assert_eq!(lines(&["_alloc/(64|256)$"]), 4);
    assert_eq!(lines(&["--exact", "smart_pointers/arc_clone"]), 1);
    assert_eq!(lines(&["drop_small", "object_pool/mutex"]), 2);
}

#[test]
fn the_terminal_shows_the_exact_counts_next_to_the_time() {
    let output = run(&[
        "--bench",
        "--exact",
        "vec_allocations/vec_push_with_capacity",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let screen = stdout(&output);
    assert!(screen.contains("time:   ["), "{screen}");
    let heap = "heap:   [1 alloc  1 free  0 reallocs  400 B  peak 400 B  retained 0 B] exact";
    assert!(screen.contains(heap), "{screen}");
    assert!(!screen.contains("change:"), "{screen}");
}

#[test]
fn the_verdict_on_change_stays_hidden_in_a_second_run() {
    for _ in 0..2 {
        let screen = stdout(&run(&["--bench", "arc_clone"]));
        assert!(
            !screen.contains("change:") && !screen.contains("No change"),
            "{screen}"
        );
    }
}

#[test]
fn the_options_of_criterion_override_the_short_settings() {
    let arguments = [
        "--bench",
        "--sample-size",
        "17",
        "--measurement-time",
        "0.1",
        "arc_clone",
    ];
    let output = run(&arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output) + &stderr(&output);
    assert!(said.contains("Collecting 17 samples"), "{said}");
}

#[test]
fn a_filter_that_matches_nothing_ends_with_two_and_similar_names() {
    for (filter, hint) in [
        ("strng_allocations", "`string_allocations`"),
        ("vec_push_no_capcity", "`vec_push_no_capacity`"),
        ("vec(", "not a regular expression"),
    ] {
        let output = run(&["--bench", filter]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(hint), "{}", stderr(&output));
    }
}

#[test]
fn a_reader_that_closes_the_pipe_is_not_an_error() {
    let mut child = Command::new(binary())
        .args(["--bench", "smart_pointers"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn nextest_can_list_the_cases_and_run_one_of_them() {
    let listed = run(&["--list", "--format", "terse"]);
    assert_eq!(
        stdout(&listed)
            .lines()
            .filter(|line| line.ends_with(": test"))
            .count(),
        stdout(&run(&["--bench", "--list", "--format", "terse"]))
            .lines()
            .count()
    );
    let ignored = run(&["--list", "--format", "terse", "--ignored"]);
    assert_eq!(stdout(&ignored), "");
    let one = run(&["--exact", "object_pool/mutex_pool", "--nocapture"]);
    assert!(one.status.success());
    assert!(
        stdout(&one).contains("test result: ok. 1 passed"),
        "{}",
        stdout(&one)
    );
}
