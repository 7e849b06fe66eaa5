//! The instructions pass of `cargo heapmark report`, over the suite and over fixtures with planted
//! differences.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use heapmark::__private::harness::seeds;
use heapmark_model::record::{HashSeeds, Instability, Run, Value};
use tempfile::TempDir;

fn report(package: &str, bench: &str, site: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"));
    command
        .args([
            "heapmark",
            "report",
            "--counts-only",
            "--instructions",
            "--no-record",
        ])
        .args(["--package", package, "--bench", bench, "--timeout", "5"])
        .args(["--format", "json", "--out"])
        .arg(site.join("site"))
        .arg("--results")
        .arg(site.join("results"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::null());
    command
}

fn fixture(site: &Path) -> Command {
    report("heapmark-fixtures", "instructions", site)
}

/// # Panics
///
/// If valgrind is missing: no test of this file can run without it.
fn run_of(output: &Output) -> Run {
    let found = Command::new("valgrind").arg("--version").output().is_ok();
    assert!(
        found,
        "valgrind is missing, so instructions cannot be counted; `cargo xtask test --setup` installs it"
    );
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("stdout is not a record: {error}\n{}", stderr(output));
    })
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn of<'a>(run: &'a Run, case: &str) -> Option<&'a Value> {
    let id = format!("instructions/{case}");
    let entry = run.entries.iter().find(|entry| entry.case.id == id);
    entry.unwrap().instructions.as_ref()
}

fn exact(run: &Run, case: &str) -> i64 {
    let value = of(run, case).unwrap();
    assert!(value.exact, "{case}: {value:?}");
    value.value.unwrap()
}

#[test]
fn two_runs_agree_on_nearly_every_case_of_the_suite() {
    let dir = TempDir::new().unwrap();
    let run = || {
        run_of(
            &report("heapmark", "memory_benchmarks", dir.path())
                .output()
                .unwrap(),
        )
    };
    let first = run();
    let start = Instant::now();
    let second = run();
    let took = start.elapsed();
    let pairs = first.entries.iter().zip(&second.entries);
    let agree = pairs
        .filter(|(first, second)| {
            first.instructions.is_some() && first.instructions == second.instructions
        })
        .count();
    let cases = first.entries.len();
    let values = first.entries.iter().flat_map(|entry| &entry.instructions);
    let exact = values.filter(|value| value.exact).count();
    println_figures(cases, agree, exact, took.as_secs_f64());
    assert!(cases >= 46, "the suite shrank to {cases} cases");
    assert!(first.failures.is_empty() && second.failures.is_empty());
    assert!(agree * 100 >= cases * 95, "only {agree} of {cases} agree");
}

/// `cargo test --package cargo-heapmark --test instructions -- --nocapture` shows the figures.
#[expect(clippy::print_stdout, reason = "a measurement that a person runs")]
fn println_figures(cases: usize, agree: usize, exact: usize, seconds: f64) {
    println!(
        "instructions: {agree} of {cases} cases agree between two runs, {exact} are exact; the second report took {seconds:.1} s"
    );
}

#[test]
fn a_planted_loop_is_counted_to_the_instruction() {
    let dir = TempDir::new().unwrap();
    let plain = run_of(&fixture(dir.path()).arg("turns").output().unwrap());
    let planted = fixture(dir.path())
        .arg("turns")
        .env("HEAPMARK_PLANTED", "1")
        .output()
        .unwrap();
    let planted = run_of(&planted);
    let more =
        exact(&planted, "sometimes_ten_turns_more") - exact(&plain, "sometimes_ten_turns_more");
    assert!(more >= 10, "ten iterations are {more} instructions");
    assert_eq!(more % 10, 0, "ten iterations are {more} instructions");
    assert_eq!(
        exact(&planted, "ten_turns_more"),
        exact(&plain, "ten_turns_more")
    );
}

#[test]
fn a_case_that_dies_or_hangs_does_not_affect_the_others() {
    let dir = TempDir::new().unwrap();
    let output = fixture(dir.path()).output().unwrap();
    let run = run_of(&output);
    let said = stderr(&output);
    for (case, end) in [
        ("aborts", "killed by signal 6 (abort)"),
        (
            "exits_under_valgrind",
            "exited with code 0 before its answer was complete",
        ),
        ("hangs_under_valgrind", "hung: no answer within 5 s"),
    ] {
        assert_eq!(of(&run, case), None);
        let line = format!("instructions of instructions/{case} were not counted: {end}");
        assert!(said.contains(&line), "{line}\n{said}");
    }
    let alike = exact(&run, "ten_turns_more");
    assert_eq!(exact(&run, "after_one_that_died"), alike);
    assert_eq!(exact(&run, "after_one_that_hung"), alike);
    assert!(run.failures.is_empty(), "{:?}", run.failures);
    // The cost of the marks is subtracted. The rest is the call of an empty closure.
    assert!((0..10).contains(&exact(&run, "nothing")));
}

#[test]
fn if_other_threads_work_the_instructions_are_unknown() {
    let dir = TempDir::new().unwrap();
    let run = run_of(&fixture(dir.path()).arg("thread|joins").output().unwrap());
    for case in ["helped_by_a_thread", "spawns_and_joins"] {
        let value = of(&run, case).unwrap();
        assert_eq!(
            (value.value, value.why),
            (None, Some(Instability::OtherThreads))
        );
    }
}

#[test]
fn random_keys_are_the_same_stream_in_every_run() {
    let dir = TempDir::new().unwrap();
    let run = || run_of(&fixture(dir.path()).arg("keys|getrandom").output().unwrap());
    let (first, second) = (run(), run());
    assert_eq!(
        first.instructions.as_ref().unwrap().hash_seeds,
        HashSeeds::Fixed
    );
    for case in ["std_keys", "getrandom_0_3"] {
        let value = of(&first, case).unwrap();
        assert!(
            !value.exact,
            "{case} gave the same number again and again: {value:?}"
        );
        assert_eq!(Some(value), of(&second, case));
    }
}

#[test]
fn a_program_that_only_names_heapmark_keeps_its_randomness() {
    // This program does not use `heapmark::main!`.
    assert_eq!(seeds::fix(), HashSeeds::Random);
}

#[test]
fn a_valgrind_that_does_not_work_is_a_note_and_not_an_error() {
    let dir = TempDir::new().unwrap();
    let fake = dir.path().join("valgrind");
    fs::write(&fake, "#!/bin/sh\nexit 1\n").unwrap();
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = fixture(dir.path())
        .arg("turns")
        .env("PATH", format!("{}:{path}", dir.path().display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stderr(&output);
    assert_eq!(
        said.matches("no instructions were counted").count(),
        1,
        "{said}"
    );
    let run = run_of(&output);
    assert_eq!(run.instructions, None);
    assert_eq!(of(&run, "ten_turns_more"), None);
}
