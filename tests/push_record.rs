//! Runs `scripts/push-record.sh` on real repositories: a bare one, and clones that race.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a panic is the verdict, also in the helpers of tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/push-record.sh");

/// A bare repository with one commit, in a separate folder for each test.
struct Origin {
    folder: PathBuf,
}

impl Origin {
    fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        let origin = Self { folder };
        git(
            &origin.folder,
            "init --quiet --bare --initial-branch main origin.git",
        );
        let first = origin.clone("first");
        git(&first, "checkout --quiet -B main");
        write_record(&first, "first");
        git(&first, "add results");
        git(&first, "commit --quiet --message First");
        git(&first, "push --quiet origin main");
        origin
    }

    fn clone(&self, name: &str) -> PathBuf {
        git(&self.folder, &format!("clone --quiet origin.git {name}"));
        self.folder.join(name)
    }

    fn records(&self) -> String {
        let bare = self.folder.join("origin.git");
        git(&bare, "ls-tree -r --name-only main")
    }

    fn commits(&self) -> String {
        let bare = self.folder.join("origin.git");
        git(&bare, "rev-list --count main")
    }
}

/// A command without the git settings of the user and without the repository around the test.
fn isolated(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for role in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{role}_NAME"), "a test")
            .env(format!("GIT_{role}_EMAIL"), "test@example.invalid");
    }
    command
}

fn git(folder: &Path, arguments: &str) -> String {
    let output = isolated("git", folder)
        .args(arguments.split(' '))
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn write_record(clone: &Path, name: &str) {
    let folder = clone.join("results/machine/2026");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.json")), name).unwrap();
}

fn push_record(clone: &Path) -> Output {
    isolated(SCRIPT, clone).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn two_records_that_race_both_land() {
    let origin = Origin::new("two_records_that_race_both_land");
    let (winner, loser) = (origin.clone("winner"), origin.clone("loser"));
    write_record(&winner, "winner");
    write_record(&loser, "loser");

    let won = push_record(&winner);
    assert!(said(&won).contains("(attempt 1 of 5)"), "{won:?}");
    let lost = push_record(&loser);
    assert!(lost.status.success(), "{lost:?}");
    assert!(
        said(&lost).contains("attempt 1 of 5 was rejected"),
        "{lost:?}"
    );
    assert!(said(&lost).contains("(attempt 2 of 5)"), "{lost:?}");

    let records =
        ["first", "loser", "winner"].map(|name| format!("results/machine/2026/{name}.json"));
    assert_eq!(origin.records(), records.join("\n"));
    assert_eq!(origin.commits(), "3");
}

#[test]
fn a_push_that_is_never_taken_fails_after_five_tries() {
    let origin = Origin::new("a_push_that_is_never_taken_fails_after_five_tries");
    let clone = origin.clone("clone");
    write_record(&clone, "second");
    let hook = origin.folder.join("origin.git/hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho x >> tries\nexit 1\n").unwrap();
    make_executable(&hook);

    let output = push_record(&clone);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let tries = fs::read_to_string(origin.folder.join("origin.git/tries")).unwrap();
    assert_eq!(tries.lines().count(), 5);
    assert_eq!(origin.commits(), "1");
}

#[test]
fn a_changed_record_is_refused() {
    let origin = Origin::new("a_changed_record_is_refused");
    let clone = origin.clone("clone");
    fs::write(clone.join("results/machine/2026/first.json"), "changed").unwrap();
    write_record(&clone, "second");

    let output = push_record(&clone);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(origin.commits(), "1");
}

#[test]
fn no_new_record_makes_no_commit() {
    let origin = Origin::new("no_new_record_makes_no_commit");
    let output = push_record(&origin.clone("clone"));
    assert!(output.status.success(), "{output:?}");
    assert!(said(&output).contains("no new record"), "{output:?}");
    assert_eq!(origin.commits(), "1");
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
