//! `cargo xtask profile`: the same as `cargo heapmark profile`, but with the example server if no
//! program is given. It also measures with that server how reliable the tools are.

mod agreement;
pub mod build;
mod cost;
mod example;
mod limits;
mod matrix;

use std::process::ExitCode;

use anyhow::Result;
use cargo_heapmark::cli::profile::{Mixes, RunArguments, TargetArguments, check_memory};
use cargo_heapmark::cli::{self, profile};
use cargo_heapmark::profile::run::{Choice, Job, read_mix};

pub use example::Example;
use example::{PATTERNS, live_mix, mix};

/// Flags of `profile`.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    run: RunArguments,
    #[command(flatten)]
    target: TargetArguments,
    /// Profile the example server with all five leak patterns.
    #[arg(long, conflicts_with = "command")]
    leaky: bool,
}

/// The other subcommands of `profile`.
#[derive(clap::Subcommand)]
enum Other {
    #[command(flatten)]
    Shared(profile::Other),
    /// Report which leak patterns of the example server each tool finds, and store a record.
    Matrix,
    /// Check that three tools count the same allocations for the same requests.
    Agreement(agreement::Arguments),
    /// Measure how many requests per second the load client sends, and how long a log of 200 MB
    /// takes to read.
    Limits,
    /// Measure what the live profile costs: CPU time per request, compared with the same server
    /// without it.
    Cost,
}

/// Exits with 1 if a tool finds a leak or something got worse, with 2 if something could not be
/// measured, and with 3 if two profiles cannot be compared.
pub fn run(arguments: &Arguments) -> ExitCode {
    let failed = |failed: bool, reason: &str| failed.then(|| reason.to_owned());
    cli::exit(profile::ended(match &arguments.other {
        None => profile_one(arguments),
        Some(Other::Shared(other)) => other.run(),
        Some(Other::Matrix) => matrix::run().map(|()| None),
        Some(Other::Agreement(arguments)) => agreement::run(arguments)
            .map(|differ| failed(differ, "the tools count different numbers of allocations")),
        Some(Other::Limits) => limits::run().map(|beyond| failed(beyond, "a limit is broken")),
        Some(Other::Cost) => {
            cost::run().map(|dear| failed(dear, "the live profile costs more than is allowed"))
        }
    }))
}

fn profile_one(arguments: &Arguments) -> Result<Option<String>> {
    let run = &arguments.run;
    run.check()?;
    let stop = cli::stop_flag();
    let named = arguments.target.subject(run.ready_url.clone());
    let is_example = named.is_none();
    let subject = named.unwrap_or_else(|| {
        Box::new(Example {
            leaky: arguments.leaky,
        })
    });
    let requests = match &run.load {
        Some(path) => Some(read_mix(path)?),
        // The live profile also requests the solutions.
        None if is_example && run.tool == Some(Choice::Live) => Some(live_mix(arguments.leaky)?),
        None if is_example => Some(mix(arguments.leaky)?),
        None => None,
    };
    let job = Job {
        subject: &*subject,
        load: requests.map(|mix| run.load_of(mix)),
        stop,
    };
    profile::run_all(run.tool, run.format, &job)
}

/// Flags of `ci`.
#[derive(clap::Args)]
pub struct CiArguments {
    #[command(subcommand)]
    check: Check,
}

#[derive(clap::Subcommand)]
enum Check {
    /// Load-test the example server under live, heaptrack and memcheck, and fail if it leaks.
    Memory {
        /// Use the server with its five leak patterns, for which the check must fail.
        #[arg(long)]
        leaky: bool,
        /// Number of requests under each tool.
        #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u64).range(600..=1_000_000))]
        requests: u64,
    },
}

/// Runs `ci memory` with the example server.
pub fn ci(arguments: &CiArguments) -> ExitCode {
    let Check::Memory { leaky, requests } = arguments.check;
    let checked = || {
        let mixes = Mixes {
            live: Some(live_mix(leaky)?),
            other: mix(leaky)?,
        };
        check_memory(&Example { leaky }, &mixes, requests, cli::stop_flag())
    };
    cli::exit(profile::ended(checked()))
}
