//! `cargo heapmark report` from the command line, over bench targets that misbehave on purpose.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use heapmark_model::record::{Entry, Instability, Metric, Run};
use tempfile::TempDir;

/// Temporary folders of one test.
struct Folders {
    dir: TempDir,
}

impl Folders {
    fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
        }
    }

    fn results(&self) -> PathBuf {
        self.dir.path().join("results")
    }

    fn site(&self) -> PathBuf {
        self.dir.path().join("site")
    }

    /// The command on one of the fixtures, with these folders.
    fn report(&self, bench: &str) -> Command {
        self.report_within(3, bench)
    }

    /// The same, with a timeout of `seconds` for each case.
    fn report_within(&self, seconds: u32, bench: &str) -> Command {
        let mut command = heapmark("report");
        command
            .args(["--package", "heapmark-fixtures", "--bench", bench])
            .args(["--timeout", &seconds.to_string(), "--format", "json"])
            .arg("--counts-only")
            .arg("--results")
            .arg(self.results())
            .arg("--out")
            .arg(self.site());
        command
    }

    fn records(&self) -> Vec<PathBuf> {
        files_below(&self.results())
            .into_iter()
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .collect()
    }
}

fn heapmark(subcommand: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"));
    command
        .args(["heapmark", subcommand])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::null());
    command
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn code(output: &Output) -> i32 {
    output
        .status
        .code()
        .expect("the command was not killed by a signal")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn run_of(output: &Output) -> Run {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("stdout is not a record: {error}\n{}", stderr(output));
    })
}

fn entry<'a>(run: &'a Run, case: &str) -> &'a Entry {
    let id = format!("misbehaving/{case}");
    let found = run.entries.iter().find(|entry| entry.case.id == id);
    found.unwrap_or_else(|| panic!("no entry for {id}"))
}

#[test]
fn a_case_that_goes_wrong_is_named_and_the_others_are_counted() {
    let place = Folders::new();
    let output = place.report("misbehaving").output().unwrap();
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    let run = run_of(&output);

    for (case, reason) in [
        ("panics", "planted panic"),
        ("aborts", "signal 6"),
        ("hangs", "hung: no answer within 3 s"),
        ("exits", "code 0 before its answer was complete"),
        ("measures_nothing", "measured nothing"),
        ("measures_twice", "measures 2 routines"),
        ("floods_stdout", "printed more than 16 MiB"),
        ("floods_stderr", "printed more than 16 MiB"),
        ("floods_one_line", "printed more than 16 MiB"),
        ("floods_with_answers", "answered with more than 32 MiB"),
    ] {
        let id = format!("misbehaving/{case}");
        let failure = run.failures.iter().find(|failure| failure.id == id);
        let failure = failure.unwrap_or_else(|| panic!("{case} did not fail"));
        assert!(
            failure.reason.contains(reason),
            "{case}: {}",
            failure.reason
        );
        assert!(stderr(&output).contains(&id), "{case} is not on the screen");
    }
    assert!(entry(&run, "behaves").is_exact());
    assert!(entry(&run, "prints").is_exact(), "other output is ignored");
    assert_eq!(entry(&run, "leaks").get(Metric::Retained), Some(64));
    assert_eq!(
        place.records().len(),
        1,
        "the counted cases must be recorded"
    );
    let page = fs::read_to_string(place.site().join("index.html")).unwrap();
    assert!(
        page.contains("misbehaving/hangs"),
        "the page must name the failed case"
    );
}

#[test]
fn a_case_that_varies_is_sampled_with_its_reason() {
    let place = Folders::new();
    let output = place
        .report("misbehaving")
        .args(["depends_on_seeds|spawns"])
        .output()
        .unwrap();
    let run = run_of(&output);

    let seeds = &entry(&run, "depends_on_seeds").metrics[&Metric::Bytes];
    assert!(
        !seeds.exact && seeds.why == Some(Instability::RepetitionsDiffer),
        "{seeds:?}"
    );
    let spread = seeds.spread.expect("a value that varies has a spread");
    assert!(spread.min < spread.max);

    let spawns = entry(&run, "spawns");
    assert!(spawns.other_threads && spawns.timeline.is_none());
    let peak = &spawns.metrics[&Metric::Peak];
    assert_eq!(
        (peak.value, peak.why),
        (None, Some(Instability::OtherThreads))
    );
}

#[test]
fn an_assertion_that_fails_ends_with_one() {
    let place = Folders::new();
    let output = place
        .report("misbehaving")
        .arg("claims_too_much")
        .output()
        .unwrap();
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let run = run_of(&output);
    let claim = &entry(&run, "claims_too_much").expected[0];
    assert_eq!((claim.claim.as_str(), claim.met), ("allocs == 0", false));
}

#[test]
fn one_more_allocation_is_seen_every_time() {
    let place = Folders::new();
    for _ in 0..5 {
        for (planted, allocs) in [(false, 2), (true, 3)] {
            let mut command = place.report("planted");
            command.arg("--no-record");
            if planted {
                command.env("HEAPMARK_PLANTED", "1");
            }
            let output = command.output().unwrap();
            assert_eq!(code(&output), 0, "{}", stderr(&output));
            let run = run_of(&output);
            let value = &run.entries[0].metrics[&Metric::Allocs];
            assert_eq!((value.value, value.exact), (Some(allocs), true));
        }
    }
    assert!(
        place.records().is_empty(),
        "--no-record must not store anything"
    );
}

#[test]
fn a_second_run_of_a_commit_gets_its_own_file() {
    let place = Folders::new();
    for count in 1..=3 {
        let output = place.report("planted").output().unwrap();
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert_eq!(place.records().len(), count);
    }
}

/// Runs a command that must be refused, with `hint` in its message.
fn refused(command: &mut Command, hint: &str) {
    let output = command.output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains(hint), "{}", stderr(&output));
}

#[test]
fn the_error_for_a_missing_allocator_names_the_line_to_add() {
    refused(
        &mut Folders::new().report("no_allocator"),
        "#[global_allocator]",
    );
}

#[test]
fn a_target_of_another_harness_is_refused() {
    refused(
        &mut Folders::new().report("no_harness"),
        "is not a heapmark harness",
    );
    let refuses = &mut Folders::new().report("ends_early");
    refused(
        refuses.env("ENDS", "as other harnesses do"),
        "is not a heapmark harness",
    );
}

#[test]
fn a_target_that_fails_is_reported_with_its_exit_code_and_output() {
    let said =
        "exited with code 7 before its answer was complete: the database is not there; start it";
    refused(&mut Folders::new().report("ends_early"), said);
}

#[test]
fn a_target_that_does_not_exist_is_refused_with_a_list_of_targets() {
    refused(
        &mut Folders::new().report("planed"),
        "heapmark-fixtures/planted",
    );
}

#[test]
fn benchmarks_with_criterions_interface_are_cases() {
    let place = Folders::new();
    let output = place.report("criterion_interface").output().unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let run = cargo_heapmark::store::read(&place.records()[0]).unwrap();
    let counts: Vec<(&str, Option<i64>)> = run
        .entries
        .iter()
        .map(|entry| (&*entry.case.id, entry.metrics[&Metric::Bytes].value))
        .collect();
    let expected = [
        ("criterion_interface/five-bytes", Some(5)),
        ("zeros/make/16", Some(16)),
        ("zeros/make/1024", Some(1024)),
    ];
    assert_eq!(counts, expected);
}

#[test]
fn a_filter_that_matches_nothing_is_refused_with_similar_names() {
    let place = Folders::new();
    let hint = "did you mean `behaves`?";
    refused(place.report("misbehaving").arg("behave_s"), hint);
    refused(
        place.report("misbehaving").arg("behaves("),
        "unclosed group",
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_named_before_anything_is_measured() {
    let place = Folders::new();
    fs::write(place.results(), "a file instead of a folder").unwrap();
    let output = place.report("planted").output().unwrap();
    assert_eq!(code(&output), 2);
    let message = stderr(&output);
    assert!(
        message.contains(&*place.results().to_string_lossy()),
        "{message}"
    );
    assert!(message.contains("--results"), "{message}");
    assert!(!message.contains("Counting"), "{message}");
}

#[test]
fn broken_and_newer_records_are_named_and_not_changed() {
    let place = Folders::new();
    assert_eq!(code(&place.report("planted").output().unwrap()), 0);
    let good = place.records().remove(0);
    let broken = good.with_file_name("20200101T000000Z-aaaaaaaaaaaa-system-1.0.0.json");
    let newer = good.with_file_name("20200102T000000Z-bbbbbbbbbbbb-system-1.0.0.json");
    fs::write(&broken, "{\"schema\": 1, \"entr").unwrap();
    fs::write(&newer, "{\"schema\": 99}").unwrap();

    let output = heapmark("site")
        .arg("--results")
        .arg(place.results())
        .arg("--out")
        .arg(place.site())
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    let message = stderr(&output);
    for path in [&broken, &newer] {
        assert!(
            message.contains(&*path.file_name().unwrap().to_string_lossy()),
            "{message}"
        );
    }
    assert!(message.contains("newer heapmark"), "{message}");
    assert_eq!(
        fs::read_to_string(&broken).unwrap(),
        "{\"schema\": 1, \"entr"
    );
    let page = fs::read_to_string(place.site().join("group/planted.html")).unwrap();
    assert!(
        page.contains("sometimes_one_more"),
        "the good record must be rendered"
    );
}

#[test]
fn a_site_without_records_states_how_to_make_the_first() {
    let place = Folders::new();
    fs::create_dir(place.results()).unwrap();
    let output = heapmark("site")
        .arg("--results")
        .arg(place.results())
        .arg("--out")
        .arg(place.site())
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let page = fs::read_to_string(place.site().join("index.html")).unwrap();
    assert!(page.contains("cargo heapmark report"));
}

#[test]
fn a_reader_that_closes_the_pipe_is_not_an_error() {
    let place = Folders::new();
    let mut child = place
        .report("planted")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

/// An interrupt during the run: nothing is stored, no process is left, exit code 2.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_stores_nothing_and_leaves_nothing_running() {
    let place = Folders::new();
    // Built first, so that the interrupt arrives while cases are counted.
    assert_eq!(
        code(
            &place
                .report("misbehaving")
                .args(["--no-record", "behaves"])
                .output()
                .unwrap()
        ),
        0
    );
    let mut child = place
        .report_within(600, "misbehaving")
        .arg("hangs")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let counting = lines.find(|line| line.as_ref().unwrap().contains("Counting"));
    assert!(counting.is_some());
    let worker = wait_for_child_of(child.id());
    // The `kill` of the shell, because a minimal system has no such program.
    let line = format!("kill -INT {}", child.id());
    let interrupted = Command::new("sh").args(["-c", &line]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(
        rest.join("\n")
            .contains("interrupted: nothing was recorded"),
        "{rest:?}"
    );
    assert!(place.records().is_empty());
    assert!(
        !Path::new(&format!("/proc/{worker}")).exists(),
        "worker {worker} is still running"
    );
}

/// Waits for the first child process of `parent`.
#[cfg(target_os = "linux")]
fn wait_for_child_of(parent: u32) -> u32 {
    let is_child = |pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.contains(&format!("\nPPid:\t{parent}\n"))
    };
    for _ in 0..500 {
        let pids = fs::read_dir("/proc").unwrap().flatten();
        let mut pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        if let Some(pid) = pids.find(is_child) {
            return pid;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("no worker was started");
}
