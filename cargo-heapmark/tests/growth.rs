//! `cargo heapmark leaks` from the command line, over cases that grow and cases that do not.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use std::process::{Command, Output};

use heapmark_model::record::{Run, Verdict};

fn leaks(filter: &str, more: &[&str]) -> Output {
    command(filter, more).output().unwrap()
}

fn command(filter: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"));
    command
        .args(["heapmark", "leaks", filter])
        .args(["--package", "heapmark-fixtures", "--bench", "growing"])
        .args(more)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_leak_that_is_not_declared_ends_with_one_and_names_its_line() {
    let output = leaks("grows_in_silence|stays", &[]);
    let said = stdout(&output);
    assert_eq!(code(&output), 1, "{said}");
    assert!(
        said.contains("     LEAKS  growing/grows_in_silence"),
        "{said}"
    );
    let source = include_str!("../../tests/fixtures/benches/growing.rs");
    let line = 1 + source
        .lines()
        .position(|line| line.contains("vec![0_u8"))
        .unwrap();
    assert!(
        said.contains(&format!("tests/fixtures/benches/growing.rs:{line}")),
        "{said}"
    );
    assert!(said.contains("    STEADY  growing/stays"), "{said}");
    assert!(
        said.contains("   Summary  2 cases: 1 leaks, 1 steady"),
        "{said}"
    );
}

#[test]
fn the_second_pass_has_its_own_process_and_cannot_lose_the_verdict() {
    let output = leaks("exits_with_call_stacks|interns_names", &[]);
    let said = stdout(&output);
    assert_eq!(code(&output), 1, "{said}");
    let leak = said.lines().next().unwrap();
    assert!(
        leak.starts_with("     LEAKS  growing/exits_with_call_stacks"),
        "{said}"
    );
    let why = "; call sites unknown: the process of the second pass ended early (exit status: 0)";
    assert!(leak.contains(why), "{said}");
    // In the process of the second pass, statics are empty.
    let source = include_str!("../../tests/fixtures/benches/growing.rs");
    let line = 1 + source
        .lines()
        .position(|line| line.contains("or_insert_with"))
        .unwrap();
    assert!(said.contains("     LEAKS  growing/interns_names"), "{said}");
    let place = |line| format!("tests/fixtures/benches/growing.rs:{line}");
    let made = 1 + source
        .lines()
        .position(|line| line.contains("vec![0_u8"))
        .unwrap();
    assert!(
        said.contains(&place(line)) || said.contains(&place(made)),
        "{said}"
    );
}

#[test]
fn iterations_that_allocate_nothing_get_a_hint_unless_they_assert_it() {
    const HINT: &str = "no step allocated anything; is the result passed through black_box?";
    for format in ["human", "markdown", "json"] {
        let output = leaks("removed", &["--format", format]);
        let said = stdout(&output);
        assert_eq!(code(&output), 0, "{said}");
        let hinted: Vec<&str> = said.lines().filter(|line| line.contains(HINT)).collect();
        assert_eq!(hinted.len(), 1, "{said}");
        let is_of_case = format == "json"
            || hinted[0].contains("growing/removed ")
            || hinted[0].contains("`growing/removed`");
        assert!(is_of_case, "{said}");
    }
}

#[test]
fn declared_growth_passes() {
    let output = leaks("grows_as_declared|keeps_a_spike|stays", &[]);
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said}");
    let summary = "3 cases: 1 leaks as declared, 1 retains memory after a spike, 1 steady";
    assert!(said.contains(summary), "{said}");
}

#[test]
fn a_case_that_panics_or_does_not_exist_ends_with_two() {
    let output = leaks("panics_later|grows_in_silence", &[]);
    let said = stdout(&output);
    assert_eq!(code(&output), 2, "{said}");
    assert!(
        said.contains("    FAILED  growing/panics_later  panicked: planted panic"),
        "{said}"
    );
    let output = leaks("grows_in_silense", &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(code(&output), 2, "{said}");
    let advice = "; `cargo bench --package heapmark-fixtures --bench growing -- --list` lists all";
    assert!(said.contains("`grows_in_silence`"), "{said}");
    assert!(said.contains(advice), "{said}");
}

#[test]
fn a_declaration_that_does_not_hold_ends_with_one() {
    let output = leaks("declares_too_much|stays", &[]);
    let said = stdout(&output);
    assert_eq!(code(&output), 1, "{said}");
    assert!(
        said.contains("  not as declared: growth == leak\n"),
        "{said}"
    );
    assert!(
        said.contains("   Summary  2 cases: 2 steady; 1 not as declared\n"),
        "{said}"
    );
}

#[test]
fn verdicts_may_be_a_table_for_a_pull_request() {
    let said = stdout(&leaks("grows_as_declared|stays", &["--format", "markdown"]));
    assert!(
        said.starts_with("**2 cases: 1 leaks as declared, 1 steady**\n"),
        "{said}"
    );
    assert!(
        said.contains("\n| LEAKS | `growing/grows_as_declared` | "),
        "{said}"
    );
}

#[test]
fn the_line_is_named_with_every_debug_setting_of_the_profile() {
    let mut command = command("grows_in_silence", &["--format", "json"]);
    command
        .env("CARGO_PROFILE_BENCH_DEBUG", "none")
        .env("CARGO_PROFILE_BENCH_STRIP", "symbols");
    let said = stdout(&command.output().unwrap());
    assert!(
        said.contains("tests/fixtures/benches/growing.rs\""),
        "{said}"
    );
}

#[test]
fn a_report_records_growth_and_ends_with_one_if_a_leak_is_not_declared() {
    let folder = tempfile::TempDir::new().unwrap();
    let report = |filter: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"));
        command
            .args(["heapmark", "report", filter, "--counts-only", "--no-record"])
            .args(["--package", "heapmark-fixtures", "--bench", "growing"])
            .arg("--results")
            .arg(folder.path().join("results"))
            .arg("--out")
            .arg(folder.path().join("site"))
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        command
    };
    let output = report("grows_as_declared|stays")
        .arg("--format=json")
        .output()
        .unwrap();
    assert_eq!(
        code(&output),
        0,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let run: Run = serde_json::from_slice(&output.stdout).unwrap();
    let [grows, stays] = &run.entries[..] else {
        panic!("{} entries", run.entries.len());
    };
    assert_eq!(grows.growth.as_ref().unwrap().verdict, Verdict::Leak);
    assert_eq!(grows.expected[0].claim, "growth == leak");
    assert!(grows.expected[0].met && stays.growth.is_none());

    let output = report("grows_in_silence").output().unwrap();
    assert_eq!(code(&output), 1);
    let said = stdout(&output);
    assert!(said.contains("LEAKS  growing/grows_in_silence"), "{said}");
    assert!(said.contains(", 1 leaks without declaring it"), "{said}");
    let output = report("declares_too_much").output().unwrap();
    assert_eq!(code(&output), 1);
    let said = stdout(&output);
    assert!(
        said.contains("growing/declares_too_much  asserts growth == leak, but is STEADY"),
        "{said}"
    );
}

#[test]
fn verdicts_reached_by_steps_are_the_same_in_every_run() {
    let told = || stdout(&leaks("grows|keeps|stays", &["--format", "json"]));
    let first = told();
    let parsed: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(parsed["cases"].as_array().unwrap().len(), 4, "{first}");
    for _ in 0..5 {
        assert_eq!(told(), first);
    }
}

#[test]
fn a_test_run_refuses_a_case_that_does_not_grow_as_it_declares() {
    let cargo = std::env::var_os("CARGO").unwrap();
    let mut command = Command::new(cargo);
    command
        .args([
            "test",
            "--quiet",
            "--package",
            "heapmark-fixtures",
            "--bench",
            "growing",
        ])
        .args(["--", "declare", "keeps_a_spike"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let output = command.output().unwrap();
    let said = stdout(&output);
    assert!(!output.status.success(), "{said}");
    for line in [
        "growing/declares_too_much: is declared as LEAKS, but is STEADY",
        "growing/declares_too_little: is declared as STEADY, but is LEAKS",
        "test growing/keeps_a_spike ... ok",
        "test growing/grows_as_declared ... ok",
    ] {
        assert!(said.contains(line), "{line} is not in {said}");
    }
}
