//! Comparisons of two stored records.

use std::fs;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::repository::{heapmark, here, stderr};

/// Compares a few entries of a record of this repository with a copy that `plant` has changed.
fn records(plant: impl Fn(&mut Value)) -> Output {
    let folder = TempDir::new().unwrap();
    let text = include_str!("../fixtures/compare/record.json");
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
fn records_of_another_compiler_target_or_machine_are_not_comparable() {
    for (part, key, what) in [
        ("toolchain", "rustc", "compiler:"),
        ("toolchain", "target", "target:"),
        ("machine", "id", "machine:"),
    ] {
        let output = records(|run| run[part][key] = "another".into());
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(what) && text.contains("→ another"), "{text}");
    }
}

#[test]
fn the_numbers_of_two_cases_that_share_an_id_in_an_old_record_are_not_compared() {
    let folder = TempDir::new().unwrap();
    let head: Value =
        serde_json::from_str(include_str!("../fixtures/compare/record.json")).unwrap();
    let mut base = head.clone();
    base["entries"][1]["id"] = base["entries"][0]["id"].clone();
    base["entries"][0]["metrics"]["allocs"]["value"] = 1_000.into();
    let files = ["a.json", "b.json"].map(|name| folder.path().join(name));
    for (file, record) in files.iter().zip([base, head]) {
        fs::write(file, record.to_string()).unwrap();
    }
    let mut command = heapmark(folder.path(), &["--record"]);
    let output = command.args(files).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("names 2 cases (`small_string_new`, `medium_string_new`)"),
        "{text}"
    );
    assert!(!text.contains("1,000") && !text.contains("ADDED"), "{text}");
}

#[test]
fn a_file_that_is_not_a_record_is_named() {
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
