//! Checks that exact counts repeat: counts the same binary twice, many times, and expects no
//! change.
//!
//! ```text
//!  build once ─▶ N × ( count A ─▶ count A again ─▶ what differs ─▶ confirm, as compare does )
//! ```
//!
//! It stores nothing. `calibrate` checks times.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::bail;
use cargo_heapmark::event::Silent;
use cargo_heapmark::runner::{self, Binary, CONFIRMING, COUNTING, Suite as _, Workspace};
use heapmark_model::analysis::{self, change};
use heapmark_model::format::plural;
use heapmark_model::launch::Launcher;
use heapmark_model::record::{CaseInfo, CountSettings, Entry};

/// Flags of the task.
#[derive(clap::Args)]
pub struct Arguments {
    /// Number of times to count the suite twice.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pairs: u32,
}

/// Runs the task. Exits with 1 if a change is confirmed, which is always a false verdict.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    static NEVER: AtomicBool = AtomicBool::new(false);
    let workspace = Workspace::find(&std::env::current_dir()?)?;
    let target = workspace.bench("memory_benchmarks", None)?;
    let built = runner::build(&workspace, &target, &[])?;
    let launcher = Launcher::new(built.binary.clone(), Duration::from_secs(60), &NEVER);
    let mut suite = Binary::new(built, &workspace.target, launcher);
    let cases = suite.list()?.cases;
    let started = Instant::now();
    let (mut seen, mut suspected) = (0_u32, 0_u32);
    for _ in 0..arguments.pairs {
        let mut base = counted(&mut suite, &cases, COUNTING)?;
        let mut head = counted(&mut suite, &cases, COUNTING)?;
        let suspects = differing(&base, &head);
        if suspects.is_empty() {
            continue;
        }
        let suspects = cases.iter().filter(|case| suspects.contains(&case.id));
        let suspects: Vec<CaseInfo> = suspects.cloned().collect();
        suspected += u32::try_from(suspects.len())?;
        for side in [&mut base, &mut head] {
            for again in counted(&mut suite, &suspects, CONFIRMING)? {
                let entry = side.iter_mut().find(|entry| entry.case.id == again.case.id);
                if let Some(entry) = entry {
                    analysis::confirm(entry, &again);
                }
            }
        }
        for id in differing(&base, &head) {
            seen += 1;
            writeln!(io::stdout(), "     FALSE  {id}")?;
        }
    }
    writeln!(
        io::stdout(),
        "   Summary  {} of {}: {}; {} counted again in {} more processes per side · {:.0} s",
        plural(arguments.pairs as usize, "pair"),
        plural(cases.len(), "case"),
        plural(seen as usize, "false verdict"),
        plural(suspected as usize, "difference"),
        CONFIRMING.processes,
        started.elapsed().as_secs_f64()
    )?;
    Ok(ExitCode::from(u8::from(seen > 0)))
}

fn counted(
    suite: &mut Binary<'_>,
    cases: &[CaseInfo],
    settings: CountSettings,
) -> anyhow::Result<Vec<Entry>> {
    let counted = runner::count(suite, cases, settings, &mut Silent)?;
    if let Some(failure) = counted.failures.first() {
        bail!("{}: {}", failure.id, failure.reason);
    }
    Ok(counted.entries)
}

/// The cases in which a metric that is exact on both sides differs.
fn differing(base: &[Entry], head: &[Entry]) -> Vec<String> {
    let pairs = base.iter().zip(head);
    let changed = pairs.map(|(base, head)| change::between(base, head));
    let changed = changed.filter(|change| change.has_moved());
    changed.map(|change| change.id).collect()
}
