//! `cargo heapmark compare` over the branches of a tiny crate in a separate repository. Each
//! branch contains one planted change.
#![expect(
    clippy::unwrap_used,
    reason = "a panic is the verdict, also in the helpers of tests"
)]

#[path = "compare/acks.rs"]
mod acks;
#[path = "compare/backfill.rs"]
mod backfill;
#[path = "compare/callsites.rs"]
mod callsites;
#[path = "compare/ids.rs"]
mod ids;
#[path = "compare/overrides.rs"]
mod overrides;
#[path = "compare/own_lines.rs"]
mod own_lines;
#[path = "compare/planted.rs"]
mod planted;
#[path = "compare/records.rs"]
mod records;
#[path = "compare/registry.rs"]
mod registry;
#[path = "compare/repositories.rs"]
mod repositories;
#[path = "compare/repository.rs"]
mod repository;
#[path = "compare/times.rs"]
mod times;
#[path = "compare/varying.rs"]
mod varying;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use repository::{ROUTINE, Repository, builds, heapmark, stderr};

#[test]
fn the_verdict_on_a_branch_is_that_of_its_planted_change() {
    let repository = Repository::new();
    let plant = |name, routine: &'static str, cases: &'static str, names: &'static str| {
        repository.branch(name, |r| r.write(routine, cases, names));
    };
    plant(
        "more",
        "(vec![1_u8; black_box(64)], Box::new(black_box(1_u8)))",
        "",
        "",
    );
    plant("fewer", "black_box(64)", "", "");
    plant("bigger", "vec![1_u8; black_box(65)]", "", "");
    plant("comment", "/* nothing */ vec![1_u8; black_box(64)]", "", "");
    let case = "fn second(b: &mut Bencher) { b.iter(|| Box::new(black_box(1_u8))); }";
    plant("new", ROUTINE, case, "/// Boxes.\nsecond;");

    let one = |base, head, code| {
        let (verdicts, json) = repository.verdicts(&[base, head], code);
        (verdicts, json["changes"][0]["differences"].clone())
    };
    let (verdicts, differences) = one("main", "more", 1);
    assert_eq!(verdicts, ["tiny/first WORSE"]);
    let allocs = &differences[0];
    let (before, after) = (allocs["before"].as_i64(), allocs["after"].as_i64());
    assert_eq!((before, after), (Some(1), Some(2)));

    assert_eq!(one("main", "fewer", 0).0, ["tiny/first BETTER"]);
    let (verdicts, differences) = one("main", "bigger", 1);
    assert_eq!(verdicts, ["tiny/first WORSE"]);
    assert_eq!(differences[0]["metric"], "bytes", "only bytes differ");

    assert_eq!(one("main", "comment", 0).0, ["tiny/first SAME"]);
    assert_eq!(
        one("main", "new", 0).0,
        ["tiny/second ADDED", "tiny/first SAME"]
    );
    assert_eq!(
        one("new", "main", 0).0,
        ["tiny/second REMOVED", "tiny/first SAME"]
    );
    // Each comparison writes a page, and keeps the pages of the others.
    let pages = files_below(&builds().join("site/compare"));
    let html: Vec<_> = pages
        .iter()
        .filter(|name| name.ends_with(".html"))
        .collect();
    assert!(html.len() >= 5, "{pages:?}");
    // With base and head exchanged, in folders that contain the builds of the other side.
    assert_eq!(one("more", "main", 0).0, ["tiny/first BETTER"]);
}

#[test]
fn a_side_that_does_not_build_is_named_and_so_is_the_error() {
    let repository = Repository::new();
    repository.branch("broken", |r| r.write("no_such_name", "", ""));
    let output = repository.compare(&["main", "broken"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("cannot find value `no_such_name`"), "{said}");
    assert!(said.contains("error: broken: cannot build"), "{said}");
}

#[test]
fn a_base_without_the_bench_target_is_not_comparable() {
    let repository = Repository::new();
    repository.branch("bare", |r| {
        let manifest = fs::read_to_string(r.root().join("Cargo.toml")).unwrap();
        let without = manifest.split("[[bench]]").next().unwrap();
        fs::write(r.root().join("Cargo.toml"), without).unwrap();
        fs::create_dir_all(r.root().join("src")).unwrap();
        fs::write(r.root().join("src/lib.rs"), "").unwrap();
    });
    let output = repository.compare(&["bare", "main"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(
        said.contains("not comparable: bare") && said.contains("no bench target"),
        "{said}"
    );
}

#[test]
fn the_work_tree_is_compared_as_it_is_and_left_unchanged() {
    let repository = Repository::new();
    let (verdicts, _) = repository.verdicts(&[], 0);
    assert_eq!(verdicts, ["tiny/first SAME"], "nothing differs yet");

    // An untracked file is part of the tree; an ignored file is not.
    let root = repository.root();
    fs::write(root.join("benches/untracked.in"), "[0_u8; 2].map(Box::new)").unwrap();
    repository.write("include!(\"untracked.in\")", "", "");
    let (verdicts, json) = repository.verdicts(&["main"], 1);
    assert_eq!(
        verdicts,
        ["tiny/first MIXED"],
        "more blocks of fewer bytes: {json}"
    );

    fs::rename(
        root.join("benches/untracked.in"),
        root.join("benches/untracked.ignored"),
    )
    .unwrap();
    repository.write("include!(\"untracked.ignored\")", "", "");
    let output = repository.compare(&["main"]);
    assert_eq!(
        output.status.code(),
        Some(2),
        "an ignored file must not be part of the tree"
    );
}

#[test]
fn names_that_are_not_revisions_are_refused() {
    let repository = Repository::new();
    for (name, why) in [
        ("--upload-pack=x", "is not the name of one commit"),
        ("^HEAD", "is not the name of one commit"),
        ("HEAD~1..HEAD", "is not the name of one commit"),
        (";rm", "no commit is called `;rm`"),
        ("$(touch planted)", "no commit is called"),
        (
            "missing",
            "no commit is called `missing` in this repository",
        ),
    ] {
        let output = repository.compare(&["--", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(stderr(&output).contains(why), "{name}: {}", stderr(&output));
    }
    assert!(!repository.root().join("planted").exists());
}

#[test]
fn a_folder_without_a_repository_is_refused() {
    let repository = Repository::new();
    let git = repository.dir.path().join("a repository/.git");
    fs::remove_dir_all(git).unwrap();
    let output = heapmark(&repository.root(), &["main"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("not in a git repository"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_markdown_counts_what_did_not_change_and_carries_its_tag() {
    let repository = Repository::new();
    let output = repository.compare(&["main", "main", "--format", "markdown"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("<!-- heapmark compare -->\n**1 case: 1 same**"),
        "{text}"
    );
    assert!(text.contains("1 case did not change."), "{text}");
    assert!(!text.contains("| case |"), "nothing changed: {text}");
}

#[test]
fn a_filter_chooses_cases_on_both_sides() {
    let repository = Repository::new();
    let case = "fn second(b: &mut Bencher) { b.iter(|| Box::new(black_box(1_u8))); }";
    repository.branch("new", |r| r.write(ROUTINE, case, "/// Boxes.\nsecond;"));
    let (verdicts, _) = repository.verdicts(&["main", "new", "--filter", "second"], 0);
    assert_eq!(verdicts, ["tiny/second ADDED"], "only one side has it");
    let output = repository.compare(&["main", "new", "--filter", "third"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn a_target_folder_that_git_does_not_ignore_is_left_out() {
    let repository = Repository::new();
    let root = repository.root();
    fs::remove_file(root.join(".gitignore")).unwrap();
    fs::create_dir_all(root.join("target")).unwrap();
    fs::write(root.join("target/built"), "").unwrap();
    fs::write(root.join("source"), "").unwrap();
    let around = cargo_heapmark::runner::Repository::around(&root).unwrap();
    let commit = around.snapshot(&root.canonicalize().unwrap().join("target"));
    let files = repository.git(&["ls-tree", "-r", "--name-only", &commit.unwrap()]);
    assert!(files.contains("crates/tiny/source"), "{files}");
    assert!(!files.contains("built"), "{files}");
}

#[test]
fn the_error_in_a_shallow_clone_names_the_command_that_fetches_the_rest() {
    let repository = Repository::new();
    repository.git(&["commit", "--quiet", "--allow-empty", "--message", "More"]);
    let url = format!("file://{}/a repository", repository.dir.path().display());
    repository.git(&["clone", "--quiet", "--depth", "1", &url, "../clone"]);
    let clone = repository.dir.path().join("clone/crates/tiny");
    let output = heapmark(&clone, &["HEAD~1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("git fetch --unshallow"), "{said}");
}

#[test]
fn two_comparisons_never_build_in_one_folder() {
    let repository = Repository::new();
    let folder = builds().join("heapmark/compare");
    fs::create_dir_all(&folder).unwrap();
    let lock = cargo_heapmark::lock::lock(&folder).unwrap();
    let output = heapmark(&repository.root(), &["main"]).output().unwrap();
    drop(lock);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("another comparison is running in "), "{said}");
}

/// A running comparison that has checked out a worktree, and the further lines of its stderr.
fn comparison_with_a_worktree(
    repository: &Repository,
) -> (Child, impl Iterator<Item = std::io::Result<String>>) {
    let mut child = heapmark(&repository.root(), &["main"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    // The worktree exists when the first line is printed.
    let first = lines.next().unwrap().unwrap();
    assert!(first.contains("Building"), "{first}");
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 2);
    (child, lines)
}

fn assert_no_worktree(repository: &Repository) {
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 1);
    let left = files_below(&builds().join("heapmark/compare"));
    assert!(
        !left.iter().any(|name| name.starts_with("trees-")),
        "{left:?}"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_comparison_leaves_nothing_behind() {
    let repository = Repository::new();
    let (mut child, lines) = comparison_with_a_worktree(&repository);
    let pid = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(killed.success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(2), "{rest:?}");
    assert!(
        rest.iter().any(|line| line.contains("error: interrupted")),
        "{rest:?}"
    );
    assert_no_worktree(&repository);
}

#[cfg(unix)]
#[test]
fn a_killed_comparison_does_not_block_the_next_which_removes_what_it_left() {
    let repository = Repository::new();
    let (mut child, lines) = comparison_with_a_worktree(&repository);
    // SIGKILL; a build that it has started may go on in the worktree.
    child.kill().unwrap();
    child.wait().unwrap();
    lines.for_each(drop);
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 2);
    let output = heapmark(&repository.root(), &["main"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_no_worktree(&repository);
}

fn files_below(folder: &std::path::Path) -> Vec<String> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}
