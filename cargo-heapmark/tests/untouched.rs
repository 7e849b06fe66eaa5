//! Commands in a repository that has never heard of heapmark: its benchmarks use criterion. They are
//! measured, and no file of the user changes.
#![expect(
    clippy::unwrap_used,
    reason = "a panic is the verdict, also in the helpers of tests"
)]

#[path = "untouched/forms.rs"]
mod forms;
#[path = "untouched/repository.rs"]
mod repository;

use std::fs;

use repository::{Repository, stderr, stdout};

const RECORD: &[&str] = &["--counts-only"];

#[test]
fn benchmarks_of_criterion_are_measured_and_no_file_changes() {
    let repository = Repository::new();
    let output = repository.heapmark("report", &[RECORD, &["--format", "json"]].concat());
    let said = stderr(&output);
    // A group panics before it has registered all benchmarks.
    assert_eq!(output.status.code(), Some(2), "{said}");
    let run: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = |id: &str| {
        let entries = run["entries"].as_array().unwrap();
        let ids: Vec<&str> = entries.iter().map(|e| e["id"].as_str().unwrap()).collect();
        let entry = entries.iter().find(|entry| entry["id"] == id);
        let entry = entry.unwrap_or_else(|| panic!("no case {id} in {ids:?}"));
        let metric = |name: &str| entry["metrics"][name].as_i64().unwrap();
        (metric("allocs"), metric("bytes"), metric("retained"))
    };
    assert_eq!(count("speed/two-words"), (3, 4 * 24 + 3 + 5, 0));
    assert_eq!(count("zeros/make/16"), (1, 16, 0));
    assert_eq!(count("zeros/make/1024"), (1, 1024, 0));
    // Two bench targets have this benchmark.
    let in_speed = count("speed~/zeros/drop");
    assert_eq!(in_speed, (0, 0, 0), "the set-up is not counted");
    assert_eq!(count("own-main~/zeros/drop"), (1, 11, 0));
    assert_eq!(count("zeros/read/a-file").0, 1);
    // Names that criterion has twice, and a group that differs only in capital letters.
    assert_eq!(count("zeros-2/drop").1, 9);
    assert_eq!(count("zeros-2/drop-2").1, 10);
    assert_eq!(count("own_main/borrowed"), (1, 8, 0));
    assert_eq!(count("own_main/two-words"), (1, 1, 0));
    assert_eq!(count("speed/before"), (0, 0, 0));
    let suite = &run["suite"];
    assert_eq!(
        (&suite["package"], &suite["bench"]),
        (&"plain".into(), &"*".into())
    );
    // A panic outside of a benchmark is stated, and does not hide the groups after it.
    assert!(said.contains("the file of the benchmark"), "{said}");
    let entries = run["entries"].as_array().unwrap();
    let keep = entries.iter().find(|entry| entry["id"] == "speed/keep");
    assert_eq!(keep.unwrap()["growth"]["verdict"], "leak");
    let replaced = "the global allocator of benches/speed.rs was replaced";
    assert!(said.contains(replaced), "{said}");
    assert!(!said.contains("warning"), "{said}");
    assert!(repository::builds().join("heapmark/results").is_dir());
}

#[test]
fn a_changed_line_is_named_and_past_commits_are_counted() {
    let repository = Repository::new();
    let library = repository.root().join("src/lib.rs");
    let before = fs::read_to_string(&library).unwrap();
    fs::write(
        &library,
        before.replace("vec![0; size]", "vec![0; size + 1]"),
    )
    .unwrap();
    repository.commit("Add a byte");

    let output = repository.heapmark("compare", &["HEAD~1", "--counts-only"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{said}{}", stderr(&output));
    assert!(said.contains("zeros/make/16"), "{said}");
    assert!(said.contains("src/lib.rs:6"), "{said}");
    assert!(!said.contains("speed/two-words  WORSE"), "{said}");

    let output = repository.heapmark("backfill", &["start..HEAD"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    assert!(said.contains("2 commits: 2 recorded"), "{said}");
}

#[test]
fn a_build_that_fails_changes_no_file() {
    let repository = Repository::new();
    fs::write(repository.root().join("src/lib.rs"), "no code").unwrap();
    let output = repository.heapmark("report", RECORD);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("cannot build bench target `own-main, speed` of `plain`"),
        "{said}"
    );
}

#[test]
fn a_package_whose_benchmarks_have_another_harness_is_refused_with_the_reason() {
    let repository = Repository::new();
    let manifest = repository.root().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("harness = false\n", "")).unwrap();
    let output = repository.heapmark("leaks", &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    let reason =
        "`plain/libtest` has libtest's harness; set `harness = false` for it in Cargo.toml";
    assert!(said.contains(reason), "{said}");
}
