//! Makes a repository with benchmarks of criterion, runs commands in it, and checks that its files
//! stay as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

/// All fixtures build in one folder, so that dependencies are compiled once. Only one command at a
/// time may use it.
static BUILDS: Mutex<()> = Mutex::new(());

const FILES: [(&str, &str); 6] = [
    (
        "Cargo.toml",
        include_str!("../fixtures/untouched/Cargo.toml"),
    ),
    ("build.rs", include_str!("../fixtures/untouched/build.rs")),
    ("src/lib.rs", include_str!("../fixtures/untouched/lib.rs")),
    (
        "benches/speed.rs",
        include_str!("../fixtures/untouched/speed.rs"),
    ),
    (
        "benches/own-main.rs",
        include_str!("../fixtures/untouched/own_main.rs"),
    ),
    ("benches/data.txt", "data"),
];

/// A repository in a folder with a space and a letter outside of ASCII in its name.
pub struct Repository {
    dir: TempDir,
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
        for folder in ["src", "benches"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join(".gitignore"), "target\nCargo.lock\n").unwrap();
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository.commit("Begin");
        repository.git(&["tag", "start"]);
        for (path, text) in FILES {
            fs::write(root.join(path), text).unwrap();
        }
        fs::write(root.join("benches/libtest.rs"), "").unwrap();
        repository.commit("Measure with criterion");
        repository
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("ein Größentest")
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Test", "-c", "user.email=test@localhost"])
            .args(arguments)
            .current_dir(self.root())
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

    /// Runs a command and checks that it leaves every file of the repository unchanged, also the
    /// index of git. A lock file that does not exist stays absent.
    pub fn heapmark(&self, command: &str, arguments: &[&str]) -> Output {
        self.git(&["status", "--porcelain"]);
        let before = files(&self.root());
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
            .args(["heapmark", command])
            .args(arguments)
            .current_dir(self.root())
            .env("CARGO_TARGET_DIR", builds())
            // The layer is the same in any profile, and builds faster without optimisation.
            .env("CARGO_PROFILE_BENCH_OPT_LEVEL", "0")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let after = files(&self.root());
        for path in before.keys().chain(after.keys()) {
            let path = path.display();
            assert_eq!(
                before.get(Path::new(&path.to_string())),
                after.get(Path::new(&path.to_string())),
                "{path} must not change"
            );
        }
        output
    }
}

/// Every file below `folder` with its content and its time of modification.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // A snapshot of the work tree is stored as objects that no branch has.
        if path.ends_with(".git/objects") || path.ends_with(".git/worktrees") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let content = fs::read(&path).unwrap();
            found.insert(path, content);
        }
    }
    found
}

pub fn builds() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("untouched")
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
