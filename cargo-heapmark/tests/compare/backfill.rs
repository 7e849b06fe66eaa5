//! `cargo heapmark backfill`: past commits are counted and recorded.

use std::fs;
use std::path::PathBuf;

use crate::repository::{Repository, builds, command, stderr};

#[test]
fn past_commits_are_recorded_once_and_a_broken_one_is_named() {
    let repository = Repository::new();
    let commit = |routine: &str, subject: &str| {
        repository.write(routine, "", "");
        repository.commit(subject);
    };
    repository.git(&["tag", "start"]);
    commit("no_such_name", "Break it");
    fs::write(repository.root().join("benches/memory.rs"), "fn main() {}").unwrap();
    repository.commit("Lose the harness");
    commit("vec![1_u8; black_box(65)]", "Mend it");
    let results = repository.dir.path().join("results");
    let said = || {
        let root = repository.root();
        let mut backfill = command(&root, &["backfill", "start..main", "--results"]);
        let output = backfill.arg(&results).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let first = said();
    let counts = "3 commits: 1 recorded, 0 already known, 2 could not be counted";
    assert!(first.contains(counts), "{first}");
    let again = said();
    assert!(again.contains("0 recorded, 3 already known"), "{again}");

    let only = |folder: PathBuf| {
        let mut found = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        found.find(|path| path.is_dir() || path.extension().is_some_and(|e| e == "json"))
    };
    let machine = only(results).unwrap();
    let record = only(only(machine.clone()).unwrap()).unwrap();
    let run = cargo_heapmark::store::read(&record).unwrap();
    let hash = |name| repository.git(&["rev-parse", name]).trim().to_owned();
    assert_eq!(run.commit.sha, hash("main"));
    assert_eq!(run.commit.subject, "Mend it");
    assert_eq!((run.commit.order, run.commit.dirty), (Some(4), false));
    let skipped = fs::read_to_string(machine.join("skipped.toml")).unwrap();
    for (commit, reason) in [
        ("main~2", "cannot build bench target"),
        ("main~1", "uses neither heapmark nor criterion"),
    ] {
        assert!(skipped.contains(&hash(commit)), "{skipped}");
        assert!(skipped.contains(reason), "{skipped}");
    }
    // Other people read the record; a folder of this machine means nothing to them.
    let target = builds();
    for folder in [
        target.to_str().unwrap(),
        repository.root().to_str().unwrap(),
    ] {
        assert!(!skipped.contains(folder), "{skipped}");
    }
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 1);
}
