//! `cargo heapmark compare` over the branches of a tiny crate in a repository of its own, each
//! with a change planted in it.
#![cfg(feature = "report")]
#![expect(
    clippy::unwrap_used,
    reason = "a panic is the verdict, in what a test is made of as well"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tempfile::TempDir;

/// All fixtures build in one folder, so that dependencies are compiled once; a comparison takes
/// it for itself.
static BUILDS: Mutex<()> = Mutex::new(());

const ROUTINE: &str = "vec![1_u8; black_box(64)]";

/// A repository with a crate in a folder with a space; its branch `main` allocates once.
struct Repository {
    dir: TempDir,
    _builds: MutexGuard<'static, ()>,
}

impl Repository {
    fn new() -> Self {
        let builds = BUILDS.lock().unwrap_or_else(PoisonError::into_inner);
        let repository = Self {
            dir: TempDir::new().unwrap(),
            _builds: builds,
        };
        let root = repository.root();
        fs::create_dir_all(root.join("benches")).unwrap();
        let manifest = include_str!("fixtures/compare/manifest.toml");
        let heapmark = format!("{:?}", env!("CARGO_MANIFEST_DIR"));
        fs::write(
            root.join("Cargo.toml"),
            manifest.replace("\"HEAPMARK\"", &heapmark),
        )
        .unwrap();
        fs::copy(here("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        fs::write(root.join(".gitignore"), "target\n*.ignored\n").unwrap();
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository.write(ROUTINE, "", "");
        repository.commit("Allocate once");
        repository
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("a repository/crates/tiny")
    }

    /// Writes the bench target: what its case returns, further cases and their names.
    fn write(&self, routine: &str, cases: &str, names: &str) {
        let bench = include_str!("fixtures/compare/bench.rs.txt");
        let bench = bench
            .replace("ROUTINE", routine)
            .replace("CASES", cases)
            .replace("NAMES", names);
        fs::write(self.root().join("benches/memory.rs"), bench).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Test", "-c", "user.email=test@localhost"])
            .args(arguments)
            .current_dir(self.dir.path().join("a repository"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self, subject: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", subject]);
    }

    /// A branch off main whose only commit is what `plant` writes.
    fn branch(&self, name: &str, plant: impl Fn(&Self)) {
        self.git(&["checkout", "--quiet", "-b", name, "main"]);
        plant(self);
        self.commit(name);
        self.git(&["checkout", "--quiet", "main"]);
    }

    /// Compares, and sees to it that the user's repository is as it was.
    fn compare(&self, arguments: &[&str]) -> Output {
        let index = self.dir.path().join("a repository/.git/index");
        let state = || {
            let bytes = fs::read(&index).unwrap();
            let refs = self.git(&["for-each-ref"]);
            let head = self.git(&["rev-parse", "HEAD"]);
            (bytes, refs, head)
        };
        // git status may refresh the index, so it looks first.
        let status = self.git(&["status", "--porcelain"]);
        let before = state();
        let output = heapmark(&self.root(), arguments).output().unwrap();
        assert_eq!(state(), before, "index, branches and HEAD");
        assert_eq!(self.git(&["status", "--porcelain"]), status);
        let worktrees = self.git(&["worktree", "list"]);
        assert_eq!(worktrees.lines().count(), 1, "{worktrees}");
        let left = fs::read_dir(builds().join("heapmark/compare"));
        let left = left.into_iter().flatten().map(|e| e.unwrap().file_name());
        for name in left {
            assert!(name == "base" || name == "head", "{name:?} is left");
        }
        output
    }

    /// The verdicts of a comparison that ends with `code`, as `CASE VERDICT`, and the JSON.
    fn verdicts(&self, arguments: &[&str], code: i32) -> (Vec<String>, Value) {
        let output = self.compare(&[arguments, &["--format", "json"]].concat());
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let changes = json["changes"].as_array().unwrap().iter();
        let words = changes.map(|change| {
            let id = change["id"].as_str().unwrap();
            format!("{id} {}", change["verdict"].as_str().unwrap())
        });
        (words.collect(), json)
    }
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn builds() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("compare")
}

fn heapmark(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"));
    command
        .args(["heapmark", "compare"])
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", builds())
        .env("CARGO_NET_OFFLINE", "true")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::null());
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_was_planted_in_a_branch_is_its_verdict() {
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
    assert_eq!(differences[0]["metric"], "bytes", "the count is the same");

    assert_eq!(one("main", "comment", 0).0, ["tiny/first SAME"]);
    assert_eq!(
        one("main", "new", 0).0,
        ["tiny/second ADDED", "tiny/first SAME"]
    );
    assert_eq!(
        one("new", "main", 0).0,
        ["tiny/second REMOVED", "tiny/first SAME"]
    );
    // The other way round, out of folders that hold what was built for the first.
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
fn the_work_tree_is_compared_as_it_is_and_left_so() {
    let repository = Repository::new();
    let (verdicts, _) = repository.verdicts(&[], 0);
    assert_eq!(verdicts, ["tiny/first SAME"], "nothing differs yet");

    // A file that git does not know is part of the tree, one that it ignores is not.
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
        "an ignored file is not there"
    );
}

#[test]
fn names_that_are_no_revisions_are_refused() {
    let repository = Repository::new();
    for (name, why) in [
        ("--upload-pack=x", "begins with `-`"),
        (";rm", "no commit is called `;rm`"),
        ("$(touch planted)", "no commit is called"),
        ("missing", "no commit is called `missing` here"),
    ] {
        let output = repository.compare(&["--", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(stderr(&output).contains(why), "{name}: {}", stderr(&output));
    }
    assert!(!repository.root().join("planted").exists());
}

#[test]
fn a_folder_without_a_repository_is_told_so() {
    let repository = Repository::new();
    let git = repository.dir.path().join("a repository/.git");
    fs::remove_dir_all(git).unwrap();
    let output = heapmark(&repository.root(), &["main"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("in no git repository"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_markdown_folds_what_is_the_same_and_carries_its_tag() {
    let repository = Repository::new();
    let output = repository.compare(&["main", "main", "--format", "markdown"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("<!-- heapmark compare -->\n**1 case: 1 same**"),
        "{text}"
    );
    assert!(
        text.contains("<details><summary>1 case the same</summary>"),
        "{text}"
    );
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
fn a_target_folder_that_nobody_ignores_is_no_source() {
    let repository = Repository::new();
    let root = repository.root();
    fs::remove_file(root.join(".gitignore")).unwrap();
    fs::create_dir_all(root.join("target")).unwrap();
    fs::write(root.join("target/built"), "").unwrap();
    fs::write(root.join("source"), "").unwrap();
    let around = heapmark::runner::Repository::around(&root).unwrap();
    let commit = around.snapshot(&root.canonicalize().unwrap().join("target"));
    let files = repository.git(&["ls-tree", "-r", "--name-only", &commit.unwrap()]);
    assert!(files.contains("crates/tiny/source"), "{files}");
    assert!(!files.contains("built"), "{files}");
}

#[test]
fn a_shallow_clone_is_told_how_to_get_the_rest() {
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
    fs::write(folder.join("running"), "").unwrap();
    let output = heapmark(&repository.root(), &["main"]).output().unwrap();
    fs::remove_file(folder.join("running")).unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("another comparison is at work here"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_comparison_leaves_nothing_behind() {
    use std::io::{BufRead, BufReader};

    let repository = Repository::new();
    let mut child = heapmark(&repository.root(), &["main"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    // By then there is a worktree.
    let first = lines.next().unwrap().unwrap();
    assert!(first.contains("Building"), "{first}");
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 2);
    let pid = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(killed.success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(2), "{rest:?}");
    assert!(
        rest.iter().any(|line| line.contains("error: interrupted")),
        "{rest:?}"
    );
    assert_eq!(repository.git(&["worktree", "list"]).lines().count(), 1);
    assert!(!builds().join("heapmark/compare/running").exists());
}

/// One of this repository's own records, and a copy with something planted in it.
fn records(plant: impl Fn(&mut Value)) -> Output {
    let folder = TempDir::new().unwrap();
    let text = include_str!("fixtures/compare/record.json");
    let mut run: Value = serde_json::from_str(text).unwrap();
    let (base, head) = (folder.path().join("a.json"), folder.path().join("b.json"));
    fs::write(&base, text).unwrap();
    plant(&mut run);
    fs::write(&head, run.to_string()).unwrap();
    heapmark(folder.path(), &["--record"])
        .args([&base, &head])
        .output()
        .unwrap()
}

#[test]
fn two_records_are_judged_as_revisions_are() {
    assert_eq!(records(|_| {}).status.code(), Some(0));
    let worse = records(|run| run["entries"][0]["metrics"]["allocs"]["value"] = 1_000.into());
    assert_eq!(worse.status.code(), Some(1), "{}", stderr(&worse));
    let text = String::from_utf8(worse.stdout).unwrap();
    assert!(
        text.trim_start().starts_with("WORSE") && text.contains("→ 1,000"),
        "{text}"
    );
}

#[test]
fn records_of_another_compiler_or_target_are_not_comparable() {
    for (key, what) in [("rustc", "compiler:"), ("target", "target:")] {
        let output = records(|run| run["toolchain"][key] = "another".into());
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(what) && text.contains("→ another"), "{text}");
    }
}

#[test]
fn records_of_another_machine_are_compared_and_it_is_said() {
    let output = records(|run| run["machine"]["id"] = "another".into());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("and another; counts do not mind"), "{text}");
}

#[test]
fn a_file_that_is_no_record_is_named() {
    let output = heapmark(&here(""), &["--record", "Cargo.toml", "missing.json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("Cargo.toml: is not JSON"),
        "{}",
        stderr(&output)
    );
}
