//! Less simple changes of a branch: reallocs, leaks, moved code, and broken bench targets.

use std::fs;

use crate::repository::{Repository, builds, stderr};

#[test]
fn a_realloc_that_capacity_avoids_is_better() {
    let repository = Repository::new();
    let pushes = |made: &str| {
        format!("{{ let mut all = {made}; for i in 0..black_box(64_u8) {{ all.push(i); }} all }}")
    };
    let (growing, made_to_measure) = (pushes("Vec::new()"), pushes("Vec::with_capacity(64)"));
    repository.branch("growing", |r| r.write(&growing, "", ""));
    repository.branch("measured", |r| r.write(&made_to_measure, "", ""));
    let (verdicts, json) = repository.verdicts(&["growing", "measured"], 0);
    assert_eq!(verdicts, ["tiny/first BETTER"]);
    let differences = json["changes"][0]["differences"].as_array().unwrap();
    let reallocs = differences.iter().find(|d| d["metric"] == "reallocs");
    let reallocs = reallocs.unwrap();
    assert!(reallocs["before"].as_i64() > Some(0), "{reallocs}");
    assert_eq!(reallocs["after"], 0);
}

#[test]
fn a_leak_is_worse_because_retained_grows() {
    let repository = Repository::new();
    let leak = "{ black_box(Vec::<u8>::leak(vec![1; black_box(64)])); }";
    repository.branch("leak", |r| r.write(leak, "", ""));
    let (verdicts, json) = repository.verdicts(&["main", "leak"], 1);
    assert_eq!(
        verdicts,
        ["tiny/first WORSE"],
        "fewer frees are not an improvement"
    );
    let differences = json["changes"][0]["differences"].as_array().unwrap();
    let retained = differences.iter().find(|d| d["metric"] == "retained");
    assert_eq!(retained.unwrap()["after"], 64);
}

#[test]
fn code_that_moved_to_another_file_is_the_same() {
    let repository = Repository::new();
    repository.branch("moved", |r| {
        r.write("elsewhere::made()", "mod elsewhere;", "");
        let made = "pub fn made() -> Vec<u8> { vec![1_u8; std::hint::black_box(64)] }";
        fs::create_dir(r.root().join("benches/tiny")).unwrap();
        fs::write(r.root().join("benches/tiny/elsewhere.rs"), made).unwrap();
    });
    let (verdicts, _) = repository.verdicts(&["main", "moved"], 0);
    assert_eq!(verdicts, ["tiny/first SAME"]);
}

#[test]
fn a_change_that_is_not_confirmed_is_not_judged() {
    let repository = Repository::new();
    let file = repository.dir.path().join("processes");
    fs::write(&file, "").unwrap();
    // Only the first two processes allocate more; those of the confirmation do not.
    let size = format!(
        "fn size() -> usize {{
            static SIZE: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
            *SIZE.get_or_init(|| {{
                let count = std::fs::read({file:?}).unwrap().len() + 1;
                std::fs::write({file:?}, vec![b'x'; count]).unwrap();
                if count <= 2 {{ 65 }} else {{ 64 }}
            }})
        }}"
    );
    repository.branch("unsteady", |r| r.write("vec![1_u8; size()]", &size, ""));
    let (verdicts, json) = repository.verdicts(&["main", "unsteady"], 0);
    let processes = fs::read(&file).unwrap().len();
    assert_eq!(
        processes, 20,
        "2 processes, 8 of the confirmation, and 10 for a range"
    );
    let unjudged = json["changes"][0]["unjudged"].as_array().unwrap();
    assert!(unjudged.contains(&"bytes".into()), "{json}");
    assert_eq!(verdicts, ["tiny/first UNDECIDED"]);
}

/// The stderr of a comparison in which `bench` is the bench target of the base.
fn said_of(bench: &str, code: i32) -> String {
    let repository = Repository::new();
    repository.branch("odd", |r| {
        fs::write(r.root().join("benches/memory.rs"), bench).unwrap();
    });
    let output = repository.compare(&["odd", "main"]);
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    stderr(&output)
}

#[test]
fn a_side_without_the_harness_is_not_comparable() {
    let said = said_of("fn main() {}", 3);
    assert!(said.contains("not comparable: odd"), "{said}");
    assert!(
        said.contains("uses neither heapmark nor criterion"),
        "{said}"
    );
}

#[test]
fn a_side_without_the_allocator_is_not_comparable() {
    let bench = include_str!("../fixtures/compare/bench.rs.txt");
    let bench = bench.replace("ROUTINE", "()");
    let bench = bench.replace("CASES", "").replace("NAMES", "");
    let said = said_of(&bench.replace("#[global_allocator]\n", ""), 3);
    assert!(said.contains("allocator is not installed"), "{said}");
}

#[test]
fn a_side_with_another_protocol_is_not_comparable() {
    let said = said_of(
        r#"fn main() { println!("{{\"heapmark\":99,\"reply\":\"done\"}}"); }"#,
        3,
    );
    assert!(said.contains("uses protocol 99"), "{said}");
}

#[test]
fn a_binary_of_another_revision_is_refused() {
    let bench = include_str!("../fixtures/compare/bench.rs.txt");
    let bench = bench.replace("ROUTINE", "()");
    let bench = bench.replace("CASES", "").replace("NAMES", "");
    let stale = "fn main() -> std::process::ExitCode {
        heapmark::__private::harness::main(&[&tiny::GROUP], Some(\"0a1b2c\"))
    }";
    let said = said_of(&bench.replace("heapmark::main!(tiny);", stale), 2);
    assert!(said.contains("built from 0a1b2c instead of"), "{said}");
}

#[test]
fn each_binary_holds_the_revision_that_it_was_built_from() {
    let repository = Repository::new();
    repository.branch("bigger", |r| {
        r.write("vec![1_u8; black_box(65)]", "", "");
    });
    assert_eq!(
        repository.compare(&["main", "bigger"]).status.code(),
        Some(1)
    );
    for (side, name) in [("base", "main"), ("head", "bigger")] {
        let commit = repository.git(&["rev-parse", name]);
        let binaries = builds().join(format!("heapmark/compare/{side}/release/deps"));
        let holds = fs::read_dir(binaries).unwrap().any(|entry| {
            let path = entry.unwrap().path();
            let is_binary = path.extension().is_none_or(|e| e == "exe");
            let bytes = fs::read(&path).unwrap();
            let commit = commit.trim().as_bytes();
            is_binary && bytes.windows(commit.len()).any(|part| part == commit)
        });
        assert!(holds, "the binary of {side} does not contain {commit}");
    }
}
