//! Measures how reliable the results of heapmark are, in situations in which the truth is known.
//!
//! ```text
//!  --coverage   repeated reports ─▶ how often confidence intervals contain the true value
//!  --verdicts   comparisons of unchanged code and of slowed code ─▶ how often verdicts are wrong,
//!               and how often they find the change
//! ```
//!
//! It measures like `report` and `compare`, and stores the result below results/calibration for the
//! site. It judges heapmark and not the measured code.

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
    /// Measure how often the 95 % intervals of times contain the median of all launches.
    #[arg(long, group = "what")]
    coverage: bool,
    /// Measure how often comparisons report a change of time that does not exist, and how often
    /// they find one that exists.
    #[arg(long, group = "what")]
    verdicts: bool,
    /// With --coverage: number of reports in each condition.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(2..=1_000))]
    reports: u32,
    /// With --verdicts: number of comparisons with a build that differs by unrelated functions. A
    /// fifth as many compare a build with itself.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=255))]
    builds: u32,
    /// With --verdicts: number of cases in each comparison, drawn at random.
    #[arg(long, default_value_t = 40)]
    cases: usize,
    /// With --verdicts: seconds for the times of each comparison [default: 60; 300 with
    /// --thorough].
    #[arg(long, value_name = "SECONDS")]
    time_budget: Option<u64>,
    /// With --verdicts: draw only cases whose id matches this regular expression.
    #[arg(long, value_name = "REGEX")]
    filter: Option<String>,
    /// Print the result without storing a record.
    #[arg(long)]
    no_record: bool,
    /// How each report measures its times; --seed also draws the cases of --verdicts.
    #[command(flatten)]
    effort: Effort,
}

/// Runs the task. Exits with 1 if an aim is missed.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find(&std::env::current_dir()?)?;
    let target = workspace.bench("memory_benchmarks", None)?;
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
            harness: None,
            flags: String::new(),
        },
        time: found.time,
        coverage: found.coverage,
        verdicts: found.verdicts,
    };
    if !arguments.no_record {
        let path = store.save_extra(&calibration)?;
        say(&format!("    Stored  {}", path.display()))?;
    }
    Ok(ExitCode::from(u8::from(found.is_missed)))
}

/// The result, and whether it misses an aim.
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
