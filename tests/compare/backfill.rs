//! Past commits, counted and recorded.

use std::fs;
use std::path::PathBuf;

use crate::repository::{Repository, command, stderr};

#[test]
fn past_commits_are_recorded_once_and_a_broken_one_is_named() {
    let repository = Repository::new();
    let commit = |routine: &str, subject: &str| {
        repository.write(routine, "", "");
        repository.commit(subject);
    };
    repository.git(&["tag", "start"]);
    commit("no_such_name", "Break it");
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
    let counts = "2 commits: 1 recorded, 0 known before, 1 that cannot be counted";
    assert!(first.contains(counts), "{first}");
    let again = said();
    assert!(again.contains("0 recorded, 2 known before"), "{again}");

    let only = |folder: PathBuf| {
        let mut found = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        found.find(|path| path.is_dir() || path.extension().is_some_and(|e| e == "json"))
    };
    let machine = only(results).unwrap();
    let record = only(only(machine.clone()).unwrap()).unwrap();
    let run = heapmark::store::read(&record).unwrap();
    let hash = |name| repository.git(&["rev-parse", name]).trim().to_owned();
    assert_eq!(run.commit.sha, hash("main"));
    assert_eq!(run.commit.subject, "Mend it");
    assert_eq!((run.commit.order, run.commit.dirty), (Some(3), false));
    let skipped = fs::read_to_string(machine.join("skipped.toml")).unwrap();
    assert!(skipped.contains(&hash("main~1")), "{skipped}");
    assert!(skipped.contains("cannot build bench target"), "{skipped}");
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 1);
}
