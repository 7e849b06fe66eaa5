//! Times of `cargo heapmark report`, for cases whose pretended time depends only on the addresses
//! of their code and blocks. No result depends on the speed of the machine.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cargo_heapmark::cli::Effort;
use cargo_heapmark::runner::{self, Binary, Suite, Workspace};
use heapmark_model::launch::Launcher;
use heapmark_model::protocol::Launch;
use heapmark_model::record::{Run, Time};

fn report(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
        .args(["heapmark", "report", "--no-record", "--format", "json"])
        .args(["--package", "heapmark-fixtures", "--bench", "timed"])
        .args(["--timeout", "10"])
        .arg("--out")
        .arg(folder.path().join("site"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn run(arguments: &[&str]) -> Run {
    let output = report(arguments);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&output.stderr)))
}

fn time<'a>(run: &'a Run, case: &str) -> Option<&'a Time> {
    let id = format!("timed/{case}");
    run.entries
        .iter()
        .find(|entry| entry.case.id == id)?
        .time
        .as_ref()
}

fn launches<'a>(run: &'a Run, case: &str) -> &'a [u64] {
    &time(run, case).unwrap().launches
}

fn different(times: &[u64]) -> usize {
    times.iter().collect::<BTreeSet<_>>().len()
}

/// On x86-64 Linux, rust-lld is the default linker.
fn can_shuffle() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64"))
}

/// The times of twelve launches of `case`, each with another link order from `seed` and another
/// heap seed.
fn raw(case: &str, seed: u32) -> Vec<u64> {
    static NEVER: AtomicBool = AtomicBool::new(false);
    let workspace = Workspace::find(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
    let target = workspace.bench("timed", Some("heapmark-fixtures")).unwrap();
    let triple = runner::toolchain(&workspace.root, "heapmark-fixtures", &workspace.flags, None)
        .unwrap()
        .target;
    let built = runner::build_to_shuffle(&workspace, &target, &triple, &[]).unwrap();
    let launcher = Launcher::new(built.binary.clone(), Duration::from_secs(10), &NEVER);
    let mut suite = Binary::new(built, &workspace.target, launcher);
    assert_eq!(suite.lay_out(seed, 12).is_ok(), can_shuffle());
    let told = (0..12).map(|number| {
        let launch = Launch {
            heap_seed: seed + number,
            batches: 1,
            batch_microseconds: 150,
            slower_percent: None,
        };
        let batches = suite
            .time(&format!("timed/{case}"), number, launch)
            .unwrap();
        batches.picoseconds[0]
    });
    told.collect()
}

#[test]
fn every_launch_has_another_link_order_and_heap_and_a_seed_reproduces_both() {
    for case in ["order_of_functions", "order_of_blocks"] {
        let seen = raw(case, 7);
        let known = |took: &u64| [1_000_000, 2_000_000].contains(took);
        assert!(seen.iter().all(known), "{seen:?}");
        if case == "order_of_blocks" || can_shuffle() {
            assert_eq!(different(&seen), 2, "{case} never moves: {seen:?}");
            assert_ne!(seen, raw(case, 800), "{case} ignores the seed");
        }
        assert_eq!(seen, raw(case, 7), "{case} differs for the same seed");
    }
}

#[test]
fn a_record_states_the_seed_and_the_link_orders_of_its_times() {
    let settings = run(&["takes_no_time", "--quick", "--seed", "7"])
        .time
        .unwrap();
    assert_eq!((settings.seed, settings.launches), (7, 12));
    assert_eq!(settings.not_shuffled.is_none(), can_shuffle());
    assert_eq!(
        settings.link_orders >= 12,
        can_shuffle(),
        "{}",
        settings.link_orders
    );
}

#[cfg(target_os = "linux")]
#[test]
fn addresses_are_as_random_as_the_record_states() {
    let seen = run(&["different", "--quick"]);
    let random = seen
        .time
        .as_ref()
        .unwrap()
        .machine
        .address_randomisation
        .unwrap();
    let different = different(launches(&seen, "different_in_each_process"));
    assert_eq!(different >= 4, random, "{different} differ");
}

#[test]
fn a_case_that_fails_when_it_is_timed_keeps_its_counts_and_does_not_stop_others() {
    let output = report(&["--quick"]);
    assert_eq!(output.status.code(), Some(2));
    let run: Run = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(run.entries.len(), 5);
    assert!(time(&run, "panics_when_timed").is_none());
    assert!(time(&run, "takes_no_time").is_some());
    let failure = run.failures.first().unwrap();
    assert_eq!(failure.id, "timed/panics_when_timed");
    assert!(
        failure
            .reason
            .contains("while it was timed: panicked: too many at once"),
        "{failure:?}"
    );
}

#[test]
fn the_page_on_statistics_explains_each_effort() {
    let page = include_str!("../../docs/statistics.md");
    let row = |name: &str, effort: &Effort| {
        let plan = effort.plan().unwrap();
        let percent = plan.precision * 100.0;
        let aim = match plan.max_launches > plan.launches {
            true => format!("{percent} %"),
            false => "none".to_owned(),
        };
        format!(
            "| {name} | {} | {} | {} | {aim} | {} s |",
            plan.launches,
            plan.max_launches,
            plan.batches,
            plan.budget.as_secs()
        )
    };
    let quick = Effort {
        quick: true,
        ..Effort::default()
    };
    let thorough = Effort {
        thorough: true,
        ..Effort::default()
    };
    let rows = [
        row("`--quick`", &quick),
        row("usual", &Effort::default()),
        row("`--thorough`", &thorough),
    ];
    for row in rows {
        assert!(page.contains(&row), "{row}");
    }
}
