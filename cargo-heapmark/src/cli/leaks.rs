//! `leaks`: from a bench target to a verdict on the growth of each case.

use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::bench::BenchArguments;
use super::built::{self, BuildPlan};
use super::progress::Progress;
use super::report::interrupted;
use super::site::SiteArguments;
use super::{CliError, End, Exit};
use crate::runner::{self, Grown, Suite};
use crate::terminal;
use heapmark_model::launch::LaunchError;
use heapmark_model::record::{Failure, Growth};
use heapmark_model::select::select_matching;

/// Flags of `leaks`.
#[derive(Clone, Debug, clap::Args)]
pub struct LeakArguments {
    /// Run only cases whose id matches this regular expression.
    pub filter: Option<String>,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    pub format: LeakFormat,
    /// The bench target.
    #[command(flatten)]
    pub bench: BenchArguments,
}

/// The output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LeakFormat {
    /// One line per case and a summary.
    #[default]
    Human,
    /// All verdicts with their data.
    Json,
    /// A table for a pull request.
    Markdown,
}

pub(super) fn leaks(arguments: &LeakArguments, stop: &AtomicBool) -> Result<End, CliError> {
    let mut progress = Progress::on_stderr();
    let workspace = arguments.bench.workspace()?;
    let places = SiteArguments::default().places(&workspace);
    let plan = BuildPlan {
        bench: &arguments.bench,
        results: &places.results,
        machine: None,
        is_timed: false,
    };
    let mut built = built::build(&workspace, &plan, stop, &mut progress)?;
    let suite = &mut built.suite;
    let listing = suite.list().map_err(interrupted)?;
    if listing.allocator.is_none() {
        let bench = built.name.bench;
        return Err(CliError::NotInstalled { bench });
    }
    let ids: Vec<String> = listing.cases.into_iter().map(|case| case.id).collect();
    let chosen = select_matching(arguments.filter.as_deref(), &ids, String::clone)
        .map_err(|error| CliError::filter(error, &built.name))?;
    let grown = runner::growth(suite, &chosen, &mut progress).map_err(interrupted)?;
    let old =
        "the bench target depends on a heapmark that is too old to look for growth; update it";
    let grown = grown.ok_or_else(|| LaunchError::Failed(old.to_owned()))?;
    print(arguments.format, &grown, &mut io::stdout().lock())?;
    Ok(verdict(&grown, listing.incomplete))
}

fn print(format: LeakFormat, grown: &Grown, out: &mut dyn Write) -> Result<(), CliError> {
    match format {
        LeakFormat::Human => terminal::leaks(&grown.cases, &grown.failures, out)?,
        LeakFormat::Markdown => terminal::leaks_markdown(&grown.cases, &grown.failures, out)?,
        LeakFormat::Json => {
            let cases = grown.cases.iter();
            let told = Told {
                cases: cases
                    .map(|(id, growth)| CaseReport { id, growth })
                    .collect(),
                failures: &grown.failures,
            };
            serde_json::to_writer_pretty(&mut *out, &told).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The verdicts as JSON.
#[derive(Serialize)]
struct Told<'a> {
    cases: Vec<CaseReport<'a>>,
    failures: &'a [Failure],
}

#[derive(Serialize)]
struct CaseReport<'a> {
    id: &'a str,
    #[serde(flatten)]
    growth: &'a Growth,
}

/// The exit code and its reasons: failed cases before cases that leak or contradict their
/// declaration.
fn verdict(grown: &Grown, missing: Vec<String>) -> End {
    let failed = grown.failures.iter();
    let failed = failed.map(|failure| format!("{}: {}", failure.id, failure.reason));
    let wrong = grown.cases.iter().filter_map(|(id, growth)| {
        let wrong = terminal::wrong_growth(growth)?;
        Some(format!("{id} {wrong}"))
    });
    End::by_weight([
        (Exit::Cannot, missing.into_iter().chain(failed).collect()),
        (Exit::Worse, wrong.collect()),
    ])
}
