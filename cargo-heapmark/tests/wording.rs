//! Compares the texts of the terminal with the files of `tests/wording/`: the help of every
//! command, and the reports of invented runs.
//!
//! `HEAPMARK_BLESS=1 cargo test --package cargo-heapmark --test wording` writes the files anew.
#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

#[path = "../../tests/wording/help.rs"]
mod help;
#[path = "../../tests/wording/reviewed.rs"]
mod reviewed;

use std::fmt::Write as _;
use std::path::Path;

use cargo_heapmark::terminal::{self, Outcome};
use heapmark_model::analysis::planted::{entry, run};
use heapmark_model::analysis::{Comparison, Kind, compare};
use heapmark_model::record::{
    Entry, Expected, Failure, Frame, GrowingSite, Growth, Instability, Metric, Run, Spread, Value,
    Verdict,
};

#[test]
fn the_help_of_every_command_is_as_it_was_reviewed() {
    let mut all = String::new();
    let binary = env!("CARGO_BIN_EXE_cargo-heapmark");
    help::collect(binary, "cargo", &["heapmark"], &mut all);
    assert!(all.matches("\n$ cargo ").count() >= 10, "{all}");
    compare_with("help.txt", &all);
}

fn growth(verdict: Verdict, declared: Option<Verdict>) -> Growth {
    let leaks = verdict == Verdict::Leak;
    let frame = |function: &str, line| Frame {
        function: function.to_owned(),
        file: "src/cache.rs".to_owned(),
        line,
    };
    Growth {
        verdict,
        declared,
        reason: match verdict {
            Verdict::Leak => "live bytes rise steadily",
            Verdict::Steady => "live memory does not grow",
            Verdict::Retains => "302 B stay allocated after the spike",
            Verdict::Undecided => "too few steps to distinguish growth from start-up",
        }
        .to_owned(),
        steps: 20_000,
        bytes_per_million: if leaks { 108_000_000 } else { 0 },
        blocks_per_million: if leaks { 1_000_000 } else { 0 },
        floor: (0..16)
            .map(|at| if leaks { at * 1_000 } else { 64 })
            .collect(),
        ceiling: Vec::new(),
        callsites: match leaks {
            true => vec![GrowingSite {
                bytes_per_million: 108_000_000,
                blocks_per_million: 1_000_000,
                frames: vec![frame("Cache::insert", 41), frame("answer", 12)],
            }],
            false => Vec::new(),
        },
    }
}

fn varies(entry: &mut Entry, metric: Metric, why: Instability) {
    let value = Value {
        value: Some(3),
        exact: false,
        spread: Some(Spread { min: 1, max: 7 }),
        why: Some(why),
        rate: None,
    };
    entry.metrics.insert(metric, value);
}

/// A run with a case of each kind.
fn every_kind() -> Run {
    let mut run = run(&["vec/exact", "vec/unmet", "map/leaks", "map/declared"]);
    run.entries[1].expected = vec![Expected {
        claim: "allocs == 0".to_owned(),
        met: false,
    }];
    run.entries[2].growth = Some(Box::new(growth(Verdict::Leak, None)));
    run.entries[3].growth = Some(Box::new(growth(Verdict::Steady, Some(Verdict::Leak))));
    for (number, why) in [
        Instability::OtherThreads,
        Instability::RepetitionsDiffer,
        Instability::ProcessesDiffer,
        Instability::ControlDisagrees,
        Instability::VariedBefore,
    ]
    .into_iter()
    .enumerate()
    {
        let mut entry = entry(&format!("set/varies_{number}"));
        varies(&mut entry, Metric::Allocs, why);
        run.entries.push(entry);
    }
    run.failures.push(Failure {
        id: "vec/failed".to_owned(),
        reason: "panicked: index out of bounds".to_owned(),
    });
    run
}

type Writer<'a> = &'a dyn Fn(&mut Vec<u8>) -> std::io::Result<()>;

fn section(all: &mut String, title: &str, write: Writer<'_>) {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    writeln!(all, "── {title} ──\n{text}").unwrap();
}

/// A run with one case of each verdict against [`every_kind`].
fn changed() -> Run {
    let mut run = every_kind();
    let set = |entry: &mut Entry, metric, value| {
        entry.metrics.insert(metric, Value::exact(value));
    };
    set(&mut run.entries[0], Metric::Allocs, 3);
    set(&mut run.entries[1], Metric::Bytes, 16);
    set(&mut run.entries[2], Metric::Allocs, 2);
    set(&mut run.entries[2], Metric::Bytes, 8);
    run.entries.remove(3);
    run.entries.push(entry("set/new"));
    run.commit.sha = "90ab12c7".to_owned();
    run
}

fn compared() -> Comparison {
    compare(
        Kind::Revisions,
        ("main", &every_kind()),
        ("work tree", &changed()),
    )
}

#[test]
fn every_report_of_the_terminal_is_as_it_was_reviewed() {
    let mut all = String::new();
    let run = every_kind();
    section(&mut all, "report: the table", &|out| {
        terminal::table(&run.entries, out)
    });
    for (title, record, index) in [
        (
            "report: recorded",
            Ok(Path::new("results/a.json")),
            Some(Path::new("target/site/index.html")),
        ),
        (
            "report: not recorded",
            Err("not recorded: --no-record"),
            None,
        ),
    ] {
        let outcome = Outcome {
            run: &run,
            record,
            index,
        };
        section(&mut all, title, &|out| terminal::summary(&outcome, out));
    }
    section(&mut all, "report: markdown", &|out| {
        terminal::markdown(&run, out)
    });
    for cases in [&["vec/one"][..], &["vec/one", "vec/two"]] {
        let run = heapmark_model::analysis::planted::run(cases);
        let outcome = Outcome {
            run: &run,
            record: Ok(Path::new("results/a.json")),
            index: None,
        };
        section(&mut all, "report: nothing to remark", &|out| {
            terminal::summary(&outcome, out)
        });
    }
    let kinds = [
        Verdict::Steady,
        Verdict::Leak,
        Verdict::Retains,
        Verdict::Undecided,
    ];
    let mut cases = Vec::new();
    for verdict in kinds {
        for declared in [None].into_iter().chain(kinds.map(Some)) {
            let id = format!("growth/{verdict}/{declared:?}").to_lowercase();
            cases.push((id, growth(verdict, declared)));
        }
    }
    section(&mut all, "leaks", &|out| {
        terminal::leaks(&cases, &run.failures, out)
    });
    section(&mut all, "leaks: one case", &|out| {
        terminal::leaks(&cases[..1], &[], out)
    });
    section(&mut all, "leaks: markdown", &|out| {
        terminal::leaks_markdown(&cases, &run.failures, out)
    });
    section(&mut all, "compare", &|out| {
        terminal::comparison(&compared(), out)
    });
    section(&mut all, "compare: markdown", &|out| {
        terminal::comparison_markdown(&compared(), out)
    });
    let same = compare(Kind::Revisions, ("main", &run), ("work tree", &run));
    section(&mut all, "compare: no change", &|out| {
        terminal::comparison(&same, out)
    });
    let mut other = changed();
    other.toolchain.rustc = "1.96.0".to_owned();
    other.allocator = "mimalloc".to_owned();
    other.machine.arch = "aarch64".to_owned();
    let other = compare(Kind::Revisions, ("main", &run), ("work tree", &other));
    section(&mut all, "compare: not comparable", &|out| {
        terminal::comparison(&other, out)
    });
    compare_with("terminal.txt", &all);
}

fn compare_with(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wording");
    reviewed::compare(&folder.join(name), text, "cargo-heapmark");
}
