//! Finds out how far the numbers of heapmark can be trusted, by measuring where the truth is known.
//!
//! ```text
//!  --coverage   whole reports, again and again ─▶ how often intervals hold
//!  --verdicts   comparisons of code that did not change, or was slowed by so much ─▶ how often
//!               they are wrong, and how often they see it
//! ```
//!
//! It measures as `report` and `compare` do and stores what it finds below results/calibration,
//! where the site finds it. It judges heapmark, never code.

mod busy;
mod coverage;
mod lines;
mod pooled;
mod prepared;
mod saved_baseline;
mod verdicts;

use std::io::{self, Write};
use std::process::ExitCode;

use cargo_heapmark::cli::Effort;
use cargo_heapmark::runner::{Environment, Workspace};
use cargo_heapmark::store::Store;
use heapmark_model::record::{Calibration, Coverage, Suite, TimeSettings, Verdicts};

/// Flags of the task.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct Arguments {
    /// See how often the 95 % intervals of times hold the median of all launches.
    #[arg(long, group = "what")]
    coverage: bool,
    /// See how often comparisons call a time changed that did not change, and one that did.
    #[arg(long, group = "what")]
    verdicts: bool,
    /// Reports in each condition of --coverage.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(2..=1_000))]
    reports: u32,
    /// Builds that differ by unrelated functions, in --verdicts; a fifth as many comparisons of
    /// one build.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=255))]
    builds: u32,
    /// Cases in each comparison of --verdicts, drawn anew.
    #[arg(long, default_value_t = 40)]
    cases: usize,
    /// Seconds that each comparison of --verdicts has for times [default: 60; 300 with --thorough].
    #[arg(long, value_name = "SECONDS")]
    time_budget: Option<u64>,
    /// Draw only cases whose id matches this regular expression, in --verdicts.
    #[arg(long, value_name = "REGEX")]
    filter: Option<String>,
    /// Print the result and leave the store as it is.
    #[arg(long)]
    no_record: bool,
    /// How each report takes its times; --seed also draws the cases of --verdicts.
    #[command(flatten)]
    effort: Effort,
}

/// Runs the task; exits with 1 where an aim is missed.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find(&std::env::current_dir()?)?;
    let target = workspace.bench(Some("memory_benchmarks"), None)?;
    let results = workspace.root.join("results");
    let environment = Environment::read(&workspace.root, &target.package, &results, None)?;
    let store = Store::open(results);
    let found = if arguments.coverage {
        coverage::measure(arguments, &workspace, &target, &environment)?
    } else {
        verdicts::measure(arguments, &workspace, &target, &environment)?
    };
    let calibration = Calibration {
        provenance: environment.provenance().map_err(anyhow::Error::msg)?,
        suite: Suite {
            package: target.package.clone(),
            bench: target.bench.clone(),
            filter: arguments.filter.clone(),
        },
        time: found.time,
        coverage: found.coverage,
        verdicts: found.verdicts,
    };
    if !arguments.no_record {
        let path = store.save_beside(&calibration)?;
        say(&format!("    Stored  {}", path.display()))?;
    }
    Ok(ExitCode::from(u8::from(found.is_missed)))
}

/// What was found, and whether it misses an aim.
#[derive(Default)]
struct Found {
    time: Option<TimeSettings>,
    coverage: Vec<Coverage>,
    verdicts: Vec<Verdicts>,
    is_missed: bool,
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{line}")
}
