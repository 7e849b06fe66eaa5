//! Makes a separate repository with a tiny crate, runs comparisons in it, and checks what is left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tempfile::TempDir;

/// All fixtures build in one folder, so that dependencies are compiled once. Only one comparison at
/// a time may use it.
static BUILDS: Mutex<()> = Mutex::new(());

pub const ROUTINE: &str = "vec![1_u8; black_box(64)]";

/// A repository in a folder whose name contains a space. The crate on `main` allocates once.
pub struct Repository {
    pub dir: TempDir,
    _builds: MutexGuard<'static, ()>,
}

impl Repository {
    pub fn new() -> Self {
        let builds = BUILDS.lock().unwrap_or_else(PoisonError::into_inner);
        let repository = Self {
            dir: TempDir::new().unwrap(),
            _builds: builds,
        };
        let root = repository.root();
        fs::create_dir_all(root.join("benches")).unwrap();
        let manifest = include_str!("../fixtures/compare/manifest.toml");
        let heapmark = format!("{:?}", concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
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

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("a repository/crates/tiny")
    }

    /// Writes the bench target: the result of its case, further cases and their names.
    pub fn write(&self, routine: &str, cases: &str, names: &str) {
        let bench = include_str!("../fixtures/compare/bench.rs.txt");
        let bench = bench
            .replace("ROUTINE", routine)
            .replace("CASES", cases)
            .replace("NAMES", names);
        fs::write(self.root().join("benches/memory.rs"), bench).unwrap();
    }

    pub fn git(&self, arguments: &[&str]) -> String {
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

    pub fn commit(&self, subject: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", subject]);
    }

    /// Creates a branch from main with one commit, which contains what `plant` writes.
    pub fn branch(&self, name: &str, plant: impl Fn(&Self)) {
        self.git(&["checkout", "--quiet", "-b", name, "main"]);
        plant(self);
        self.commit(name);
        self.git(&["checkout", "--quiet", "main"]);
    }

    /// Runs a comparison and checks that it leaves the user's repository unchanged.
    pub fn compare(&self, arguments: &[&str]) -> Output {
        let index = self.dir.path().join("a repository/.git/index");
        let state = || {
            let bytes = fs::read(&index).unwrap();
            let refs = self.git(&["for-each-ref"]);
            let head = self.git(&["rev-parse", "HEAD"]);
            (
                bytes,
                refs,
                head,
                files(&self.dir.path().join("a repository")),
            )
        };
        // `git status` may refresh the index, so it runs before the state is read.
        let status = self.git(&["status", "--porcelain"]);
        let before = state();
        let output = heapmark(&self.root(), arguments).output().unwrap();
        assert_eq!(
            state(),
            before,
            "index, branches, HEAD and files must not change"
        );
        assert_eq!(self.git(&["status", "--porcelain"]), status);
        let worktrees = self.git(&["worktree", "list"]);
        assert_eq!(worktrees.lines().count(), 1, "{worktrees}");
        let left = fs::read_dir(builds().join("heapmark/compare"));
        let left = left.into_iter().flatten().map(|e| e.unwrap().file_name());
        for name in left {
            assert!(name == "base" || name == "head", "{name:?} was not removed");
        }
        output
    }

    /// The verdicts of a comparison with this exit code, as `CASE VERDICT`, and its JSON.
    pub fn verdicts(&self, arguments: &[&str], code: i32) -> (Vec<String>, Value) {
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

/// The content of every file below `folder`, except in `.git`.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with(".git") {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

pub fn here(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path)
}

pub fn builds() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("compare")
}

pub fn heapmark(folder: &Path, arguments: &[&str]) -> Command {
    let is_timed = arguments
        .iter()
        .any(|flag| ["--time-budget", "--record"].contains(flag));
    let counts: &[&str] = if is_timed { &[] } else { &["--counts-only"] };
    command(folder, &[&["compare"], counts, arguments].concat())
}

pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"));
    command
        .args(["heapmark"])
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", builds())
        .env("CARGO_NET_OFFLINE", "true")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::null());
    command
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
