//! The tasks of this repository: `cargo xtask` lists them. The commands of `cargo heapmark` are
//! also part of it.

mod allocators;
mod budget;
mod calibrate;
mod contention;
mod fake_history;
mod foreign;
mod leaks;
mod measurement;
mod overhead;
mod package;
mod processes;
mod profile;
mod published;
mod report;
mod screenshots;
mod self_check;
mod test;

use std::process::ExitCode;

use cargo_heapmark::cli;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

/// Run a task of the heapmark repository, or a command of `cargo heapmark`.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    #[command(flatten)]
    Command(cli::Command),
    /// Measure how often intervals of times and verdicts of comparisons are right.
    Calibrate(calibrate::Arguments),
    /// Run a check in a CI pipeline: `ci memory` fails if the example server leaks.
    Ci(profile::CiArguments),
    /// Check that exact counts repeat: count the same binary twice, many times.
    SelfCheck(self_check::Arguments),
    /// Run the tests of published crates with heapmark as a dev-dependency.
    ForeignTests,
    /// Measure the cost of each allocator wrapper.
    Overhead(overhead::Arguments),
    /// Profile a program or a server with a memory tool; without a program, the example server.
    Profile(profile::Arguments),
    /// Measure the benchmarks of published packages, and compare their ids with criterion's.
    PublishedBenchmarks(published::PublishedArguments),
    /// Take screenshots of every kind of page, light and dark, desktop and phone.
    Screenshots(screenshots::Arguments),
    /// Load-test an unmodified server and report the call sites whose live memory grows.
    Soak(cli::profile::SoakArguments),
    /// Generate a synthetic history to stress-test the site.
    FakeHistory(fake_history::Arguments),
    /// Run all checks: formatting, lints, documentation, Miri and tests.
    Test(test::Arguments),
}

fn main() -> anyhow::Result<ExitCode> {
    let matches = command().get_matches();
    if let Some(("site", site)) = matches.subcommand() {
        let arguments = budget::Arguments::from_arg_matches(site)?;
        if arguments.budget {
            return budget::run(&arguments);
        }
    }
    if let Some(("leaks", of_leaks)) = matches.subcommand() {
        let arguments = leaks::Arguments::from_arg_matches(of_leaks)?;
        if arguments.are_given() {
            return leaks::run(&arguments);
        }
    }
    if let Some(("report", of_report)) = matches.subcommand() {
        // With `--toolchain`, the command runs again under that toolchain and measures there.
        if of_report.get_one::<String>("toolchain").is_none() {
            report::before(&report::Arguments::from_arg_matches(of_report)?)?;
        }
    }
    match Xtask::from_arg_matches(&matches)?.task {
        None => {
            Xtask::command().print_help()?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Task::Command(command)) => Ok(cli::run(&command)),
        Some(Task::Calibrate(arguments)) => calibrate::run(&arguments),
        Some(Task::Ci(arguments)) => Ok(profile::ci(&arguments)),
        Some(Task::SelfCheck(arguments)) => self_check::run(&arguments),
        Some(Task::ForeignTests) => foreign::run(),
        Some(Task::Overhead(arguments)) => overhead::run(&arguments),
        Some(Task::Profile(arguments)) => Ok(profile::run(&arguments)),
        Some(Task::PublishedBenchmarks(arguments)) => published::run(&arguments),
        Some(Task::Screenshots(arguments)) => screenshots::run(&arguments),
        Some(Task::Soak(arguments)) => Ok(cli::run_profile(&cli::ProfileCommand::Soak(arguments))),
        Some(Task::FakeHistory(arguments)) => fake_history::run(&arguments),
        Some(Task::Test(arguments)) => test::run(&arguments),
    }
}

/// The command line. `site`, `report` and `leaks` are commands of `cargo heapmark`; here they have
/// more flags, which only this repository needs.
fn command() -> clap::Command {
    Xtask::command()
        .mut_subcommand("site", with_flags_of::<budget::Arguments>)
        .mut_subcommand("report", with_flags_of::<report::Arguments>)
        .mut_subcommand("leaks", with_flags_of::<leaks::Arguments>)
}

/// Adds the flags of `A` to a command. `augment_args` also replaces the summary of the command with
/// the doc comment of `A`, so the summary is set again.
fn with_flags_of<A: Args>(command: clap::Command) -> clap::Command {
    let about = command.get_about().cloned();
    let long_about = command.get_long_about().cloned();
    let command = A::augment_args(command);
    let command = match about {
        Some(about) => command.about(about),
        None => command.about(None),
    };
    match long_about {
        Some(long_about) => command.long_about(long_about),
        None => command.long_about(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_with_more_flags_keeps_its_summary() {
        let summaries = |command: clap::Command| {
            ["site", "report", "leaks"].map(|name| {
                let command = command.find_subcommand(name)?;
                Some([
                    command.get_about()?.to_string(),
                    format!("{:?}", command.get_long_about()),
                ])
            })
        };
        let shared = summaries(Xtask::command());
        assert!(shared.iter().all(Option::is_some), "{shared:?}");
        assert_eq!(summaries(command()), shared);
    }
}
