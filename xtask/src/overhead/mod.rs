//! Measures the cost of each allocator wrapper, and compares heapmark's own with its limits.
//!
//! ```text
//!  benches/overhead ──build──▶ one binary per wrapper, in several link orders
//!                                 │                       │
//!                            callgrind             rounds of pairs of launches
//!                       instructions per pair       ratios of CPU time
//!                                 └─────────┬─────────────┘
//!                                     estimates ──▶ limits ──▶ table or JSON, exit code
//! ```
//!
//! heapmark does not measure benchmarks this way: it never counts while it measures time. This task
//! checks the reason for that rule.

mod binaries;
mod callgrind;
mod comparison;
mod limits;
mod machine;
mod report;
mod rounds;
mod statistics;
mod table;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use binaries::Binaries;
use limits::LimitStatus;
use machine::Machine;
use report::Report;

/// Flags of the task.
#[derive(clap::Args)]
pub struct Arguments {
    /// Rounds of launches; at least 6, because fewer give no interval.
    #[arg(long, default_value_t = 75, value_parser = clap::value_parser!(u32).range(6..=10_000))]
    rounds: u32,
    /// Use few rounds and link orders, to check that the task works; the result is not reliable.
    #[arg(long, conflicts_with = "rounds")]
    quick: bool,
    /// Print a table, or the same data as JSON.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Runs the task. Exits with 1 if a limit is broken, and with 2 if a limit cannot be judged or
/// nothing could be measured.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match measure(arguments) {
        Ok(report) => {
            let mut out = io::stdout().lock();
            match arguments.format {
                Format::Human => table::write(&mut out, &report),
                Format::Json => serde_json::to_writer_pretty(&mut out, &report)
                    .map_err(io::Error::from)
                    .and_then(|()| writeln!(out)),
            }
            .context("cannot write the result")?;
            Ok(exit_code(&report))
        }
        Err(error) => {
            writeln!(io::stderr(), "     ERROR  {error:#}")?;
            Ok(ExitCode::from(2))
        }
    }
}

fn measure(arguments: &Arguments) -> anyhow::Result<Report> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask has no parent folder")?;
    let (rounds, link_orders) = match arguments.quick {
        true => (6, 3),
        false => (arguments.rounds, 8),
    };
    let say = |what: &str| {
        let _ = writeln!(io::stderr(), "{what}");
    };
    say("   Linking  the binaries of benches/overhead in several link orders");
    let binaries = Binaries::build(root, link_orders)?;
    say("  Counting  instructions with callgrind");
    let instructions = callgrind::per_pair(&binaries)?;
    let timed = rounds::run(&binaries, rounds, &|round| {
        say(&format!("    Timing  round {round} of {rounds}"));
    })?;
    Ok(Report::new(
        Machine::here(root),
        rounds,
        &binaries,
        instructions,
        &timed,
    ))
}

fn exit_code(report: &Report) -> ExitCode {
    let any = |verdict| report.limits.iter().any(|limit| limit.verdict == verdict);
    if any(LimitStatus::Broken) {
        ExitCode::from(1)
    } else if any(LimitStatus::Withheld) {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}
