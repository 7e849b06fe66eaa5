//! The help of every task, against `tests/wording/help.txt`.
//!
//! `HEAPMARK_BLESS=1 cargo test --package xtask --test wording` writes the file anew.
#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

#[path = "../../tests/wording/help.rs"]
mod help;
#[path = "../../tests/wording/reviewed.rs"]
mod reviewed;

use std::path::Path;

#[test]
fn the_help_of_every_task_is_as_it_was_reviewed() {
    let mut all = String::new();
    help::collect(env!("CARGO_BIN_EXE_xtask"), "cargo xtask", &[], &mut all);
    assert!(all.matches("\n$ cargo xtask ").count() >= 20, "{all}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wording/help.txt");
    reviewed::compare(&path, &all, "xtask");
}
