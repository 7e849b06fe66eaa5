//! Checks the output of a binary, as `cargo xtask report --allocators` reads it.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::process::{Command, Output};

use heapmark_model::record::AllocatorMeasurement;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_allocator-system"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn all_work_has_a_name_and_is_measured_by_it() {
    let names = String::from_utf8(run(&[]).stdout).unwrap();
    assert!(names.lines().count() > 10, "{names}");
    let output = run(&["hold 4 KiB to 64 KiB"]);
    let measured: AllocatorMeasurement = serde_json::from_slice(&output.stdout).unwrap();
    let held = measured.held.unwrap();
    assert!(held.requested >= 64 << 20 && held.requested < 65 << 20);
    assert!(held.usable.unwrap() >= held.requested);
    assert!(held.requested_after < held.requested * 6 / 10);
    assert!(measured.cpu_nanoseconds > 0 && measured.highest_resident > 64 << 20);
}

#[test]
fn unknown_work_is_an_error() {
    let output = run(&["dig"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no work is named `dig`"), "{said}");
    let output = run(&["larson", "--seed"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("unknown argument `--seed`"), "{said}");
}
