//! Compares the help of every task with `tests/wording/help.txt`.
//!
//! `HEAPMARK_BLESS=1 cargo test --package xtask --test wording` regenerates the file.
#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Appends the help of a task, and of each task that it lists.
fn help(path: &[&str], all: &mut String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(path)
        .arg("--help")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{path:?}: {stderr}");
    let text = String::from_utf8(output.stdout).unwrap();
    writeln!(all, "$ cargo xtask {} --help\n{text}", path.join(" ")).unwrap();
    let listed = text.split("Commands:\n").nth(1).unwrap_or_default();
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for name in names.filter_map(|line| line.split_whitespace().next()) {
        if name != "help" {
            help(&[path, &[name]].concat(), all);
        }
    }
}

#[test]
fn the_help_of_every_task_is_as_it_was_reviewed() {
    let mut all = String::new();
    help(&[], &mut all);
    assert!(all.matches("\n$ cargo xtask ").count() >= 20, "{all}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wording/help.txt");
    if std::env::var_os("HEAPMARK_BLESS").is_some() {
        fs::write(path, all).unwrap();
        return;
    }
    let reviewed = fs::read_to_string(&path).unwrap_or_default();
    let mut both = all.lines().zip(reviewed.lines());
    let different = both.find(|(new, old)| new != old);
    assert!(
        all == reviewed,
        "{} differs from what was reviewed{}; if the new wording is meant, run \
         `HEAPMARK_BLESS=1 cargo test --package xtask --test wording` and review the difference",
        path.display(),
        different.map_or_else(String::new, |(new, old)| format!(
            ": now `{new}`, reviewed `{old}`"
        ))
    );
}
