//! A whole report with a scripted instrument, a fixed machine and a fake clock: every byte is the
//! same in every run, from the lines of the worker to the pages.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use cargo_heapmark::cli::{Exit, ReportArguments, Request, report_on};
use cargo_heapmark::event::Silent;
use cargo_heapmark::runner::{Batches, CaseReply, Environment, Listing, Suite};
use clap::Parser;
use heapmark::__private::bencher::{Bencher, instances};
use heapmark::__private::harness::worker;
use heapmark::__private::instruments::Scripted;
use heapmark_model::launch::LaunchError;
use heapmark_model::protocol::{self, Launch, Pass, Reply};
use heapmark_model::record::{
    Commit, Counts, Machine, MachineState, Observation, Suite as RecordedSuite, Timeline, Toolchain,
};
use tempfile::TempDir;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

mod numbers {
    use super::Bencher;

    heapmark::group! {
        /// Two cases whose numbers are scripted.
        numbers;

        /// Never really runs.
        first: allocs == 3, retained == 0;
        /// Never really runs either, at two sizes.
        second(n in [64, 256]): allocs == 3;
    }

    fn first(b: &mut Bencher) {
        b.iter(|| unreachable!("the scripted instrument runs nothing"));
    }

    fn second(b: &mut Bencher, _: usize) {
        first(b);
    }
}

/// A worker inside this process: it writes the same lines, but needs no process and no counters.
struct InProcess;

impl InProcess {
    fn ask(request: &protocol::Request) -> Vec<Reply> {
        let instances = instances(&[&numbers::GROUP]).unwrap();
        let script = |pass: Pass, repetitions: u32| {
            let one = observation();
            let script = vec![one; repetitions as usize];
            (pass == Pass::Count).then(|| Box::new(Scripted::new(script)) as _)
        };
        let input = protocol::encode(request);
        let mut output = Vec::new();
        worker::serve(&instances, &script, &mut input.as_bytes(), &mut output).unwrap();
        let lines = String::from_utf8(output).unwrap();
        lines
            .lines()
            .filter_map(|line| protocol::decode(line).unwrap())
            .collect()
    }
}

fn observation() -> Observation {
    Observation {
        routine: Counts {
            allocs: 3,
            frees: 1,
            reallocs: 1,
            bytes: 1_234,
        },
        drop: Counts {
            frees: 2,
            ..Counts::default()
        },
        peak: Some(1_100),
        size_classes: vec![(64, 2), (1_024, 2)],
        timeline: Some(Timeline::new(
            0,
            5,
            7,
            vec![64, 128, 1_100, 1_036, 1_036, 64, 0],
        )),
        control_agrees: true,
        ..Observation::default()
    }
}

impl Suite for InProcess {
    fn list(&mut self) -> Result<Listing, LaunchError> {
        let listing = Listing::from_replies(Self::ask(&protocol::Request::List))?;
        Ok(Listing {
            allocator: Some("std::alloc::System".to_owned()),
            ..listing
        })
    }

    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<CaseReply, LaunchError> {
        Ok(CaseReply::from_replies(Self::ask(
            &protocol::Request::Run {
                case: case.to_owned(),
                pass,
                repetitions,
            },
        )))
    }

    fn lay_out(&mut self, _: u32, _: u32) -> Result<(), String> {
        Err("there is only this very process".to_owned())
    }

    fn time(
        &mut self,
        case: &str,
        link_order: u32,
        launch: Launch,
    ) -> Result<Batches, LaunchError> {
        // 10 % slower for the larger size, and slightly different in each launch.
        let each = if case.ends_with("256") {
            19_800
        } else {
            18_000
        };
        let picoseconds = vec![each + u64::from(link_order % 3) * 100; launch.batches as usize];
        let paces = vec![10_000; picoseconds.len() + 1];
        Ok(Batches { picoseconds, paces })
    }
}

fn environment() -> Environment {
    Environment {
        commit: Ok(Commit {
            sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            committed_at: "2026-01-02T03:04:05Z".to_owned(),
            order: Some(7),
            subject: "Make it so".to_owned(),
            dirty: false,
        }),
        machine: Machine {
            id: "test-machine".to_owned(),
            cpu: "Test Processor".to_owned(),
            cores: 2,
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            kernel: None,
            memory: None,
        },
        toolchain: Toolchain {
            rustc: "1.88.0".to_owned(),
            commit: None,
            target: "x86_64-unknown-linux-gnu".to_owned(),
            llvm: None,
            rustflags: String::new(),
            lock_sha256: None,
            dependencies_sha256: None,
        },
        now: "2026-01-02T03:05:06Z".to_owned(),
        machine_state: MachineState::default,
    }
}

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: ReportArguments,
}

/// The files, the output and the exit code of a report.
fn report(arguments: &[&str]) -> (BTreeMap<String, Vec<u8>>, String, Exit) {
    report_from(environment(), arguments)
}

fn report_from(
    environment: Environment,
    arguments: &[&str],
) -> (BTreeMap<String, Vec<u8>>, String, Exit) {
    let line = Line::parse_from([&["report"], arguments].concat());
    let dir = TempDir::new().unwrap();
    let stop = AtomicBool::new(false);
    let mut out = Vec::new();
    let request = Request {
        suite: &mut InProcess,
        name: RecordedSuite {
            package: "numbers".to_owned(),
            bench: "memory_benchmarks".to_owned(),
            filter: None,
            harness: None,
            flags: String::new(),
        },
        environment,
        arguments: &line.arguments,
        results: dir.path().join("results"),
        index: None,
        out: dir.path().join("site"),
        stop: &stop,
    };
    let exit = report_on(request, &mut Silent, &mut out).unwrap().exit;
    let mut files = BTreeMap::new();
    collect(dir.path(), dir.path(), &mut files);
    // Only the folder in the output may differ.
    let out = String::from_utf8(out).unwrap();
    (
        files,
        out.replace(&*dir.path().to_string_lossy(), "DIR"),
        exit,
    )
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

#[test]
fn two_reports_of_the_same_numbers_are_the_same_bytes() {
    let (first, first_out, exit) = report(&["--seed", "7"]);
    let (second, second_out, _) = report(&["--seed", "7"]);
    assert_eq!(exit, Exit::Fine);
    assert_eq!(first_out, second_out);
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &first {
        assert!(second.get(name) == Some(bytes), "{name} differs");
    }
    let record = "results/test-machine/2026/20260102T030405Z-0123456789ab-system-1.88.0.json";
    assert!(first.contains_key(record), "{:?}", first.keys());
    assert!(first.contains_key("site/case/numbers/second/256.html"));
}

#[test]
fn the_terminal_shows_a_table_and_where_everything_is() {
    let (_, out, _) = report(&[]);
    let expected = "\
numbers                                     allocs     bytes      peak  retained            time
├─ first                                   3 +1 re  1.21 KiB  1.07 KiB       0 B    18.1 ns ±0.5
├─ second/64                               3 +1 re  1.21 KiB  1.07 KiB       0 B    18.1 ns ±0.5
╰─ second/256                              3 +1 re  1.21 KiB  1.07 KiB       0 B    19.9 ns ±0.5

   Summary  3 cases: all exact · DIR/results/test-machine/2026/20260102T030405Z-0123456789ab-system-1.88.0.json
      Site  DIR/site/index.html
";
    assert_eq!(out, expected);
}

#[test]
fn json_on_stdout_is_the_record_itself() {
    let (files, out, _) = report(&["--format", "json"]);
    let record = files
        .iter()
        .find(|(name, _)| name.starts_with("results/"))
        .unwrap()
        .1;
    assert_eq!(out.as_bytes(), record.as_slice());
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["entries"][1]["id"], "numbers/second/64");
    assert_eq!(json["entries"][1]["metrics"]["allocs"], 3);
}

#[test]
fn a_filter_selects_cases_and_no_record_stores_nothing() {
    let (files, out, _) = report(&["second", "--no-record", "--format", "markdown"]);
    assert!(!files.keys().any(|name| name.starts_with("results/")));
    assert_eq!(out.lines().count(), 6, "{out}");
    assert!(
        out.contains("| `numbers/second/256` | 3 | 3 | 1 | 1.21 KiB |"),
        "{out}"
    );
}

#[test]
fn without_a_commit_the_run_is_shown_with_the_reason_why_it_is_not_recorded() {
    let nowhere = Environment {
        commit: Err("this repository has no commit yet; commit once".to_owned()),
        ..environment()
    };
    let (files, out, exit) = report_from(nowhere, &[]);
    assert_eq!(exit, Exit::Fine);
    assert!(
        !files
            .keys()
            .any(|name| name.starts_with("results/test-machine"))
    );
    assert!(files.contains_key("site/case/numbers/first.html"));
    let reason = " · not recorded: this repository has no commit yet; commit once, then run \
                  `cargo heapmark report` again\n";
    assert!(out.contains(reason), "{out}");
}
