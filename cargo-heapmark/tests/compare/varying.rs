//! Counts that vary from iteration to iteration: they are judged by their ranges, and their
//! verdict is never SAME.

use crate::repository::Repository;

/// A map that outlives the iterations, and a case that uses it with a new number each time.
const LOOK_UP: &str = "\
fn next() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

thread_local! {
    static MAP: std::cell::RefCell<std::collections::HashMap<u64, Box<u64>>> = Default::default();
}

fn touched() -> usize {
    let key = black_box(next());
    MAP.with_borrow_mut(|map| { TOUCH; map.len() })
}
";

/// A repository with a branch for each operation on the map.
fn repository(branches: &[(&str, &str)]) -> Repository {
    let repository = Repository::new();
    for (name, touch) in branches {
        let cases = LOOK_UP.replace("TOUCH", touch);
        repository.branch(name, |r| r.write("touched()", &cases, ""));
    }
    repository
}

#[test]
fn a_new_leak_into_a_map_is_worse_although_the_map_itself_grows_rarely() {
    let repository = repository(&[
        ("look_up", "black_box(map.get(&key))"),
        ("insert", "black_box(map.insert(key, Box::new(key)))"),
    ]);
    let (verdicts, json) = repository.verdicts(&["look_up", "insert"], 1);
    assert_eq!(verdicts, ["tiny/first WORSE"], "{json}");
    let change = &json["changes"][0];
    let ranges = change["ranges"].as_array().unwrap();
    let allocs = ranges.iter().find(|one| one["metric"] == "allocs");
    let allocs = allocs.unwrap_or_else(|| panic!("{change}"));
    let iterations = allocs["after"]["iterations"].as_i64().unwrap();
    let blocks = allocs["after"]["min"].as_i64().unwrap();
    assert_eq!(allocs["before"]["max"], 0);
    assert!(blocks >= iterations, "one box per iteration: {allocs}");
    let tables = blocks - iterations;
    assert!(
        (1..=20).contains(&tables),
        "and a few tables of the map: {allocs}"
    );
    assert!(!change["callsites"].as_array().unwrap().is_empty());

    let flags = ["look_up", "insert", "--fail-on", "leaks"];
    let output = repository.compare(&flags);
    assert_eq!(output.status.code(), Some(1), "retained rose");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("allocs 0 → 1.01 an iteration (varies)"),
        "{text}"
    );

    let (verdicts, _) = repository.verdicts(&["insert", "look_up"], 0);
    assert_eq!(verdicts, ["tiny/first BETTER"]);
}

#[test]
fn an_unchanged_metric_that_varies_is_undecided_and_printed_in_every_format() {
    let repository = repository(&[
        ("insert", "black_box(map.insert(key, Box::new(key)))"),
        (
            "renamed",
            "black_box(map.insert(key, Box::new(key.wrapping_add(0))))",
        ),
    ]);
    let (verdicts, json) = repository.verdicts(&["insert", "renamed"], 0);
    assert_eq!(verdicts, ["tiny/first UNDECIDED"], "{json}");
    let unjudged = json["changes"][0]["unjudged"].as_array().unwrap();
    assert!(unjudged.contains(&"allocs".into()), "{json}");
    for format in ["human", "markdown"] {
        let output = repository.compare(&["insert", "renamed", "--format", format]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            text.contains("varies, not judged: allocs 1.01 → 1.01 an iteration"),
            "{text}"
        );
        assert!(text.contains("1 undecided"), "{text}");
    }
}
