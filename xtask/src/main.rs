//! The project's own tasks: `cargo xtask` lists them.

mod allocators;
mod budget;
mod calibrate;
mod contention;
mod fake_history;
mod foreign;
mod leaks;
mod overhead;
mod processes;
mod profile;
mod report;
mod screenshots;
mod self_check;
mod study;
mod test;

use std::process::ExitCode;

use cargo_heapmark::cli;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

/// The tasks of this repository.
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
    /// Repeat whole reports to see how far their intervals can be trusted.
    Calibrate(calibrate::Arguments),
    /// Check the memory of a server in a pipeline: `ci memory` fails where anything leaks.
    Ci(profile::CiArguments),
    /// Count the same binary against itself: no exact count may ever change.
    SelfCheck(self_check::Arguments),
    /// Run the tests of published crates with heapmark as a dev-dependency.
    ForeignTests,
    /// Measure what each allocator wrapper costs.
    Overhead(overhead::Arguments),
    /// Run a program or a server under a memory tool; without a program the example server.
    Profile(profile::Arguments),
    /// Take screenshots of every kind of page, light and dark, desktop and phone.
    Screenshots(screenshots::Arguments),
    /// Load-test an unmodified server and report the call sites whose live memory grows.
    Soak(cli::profile::SoakArguments),
    /// Generate a synthetic history to stress-test the site.
    FakeHistory(fake_history::Arguments),
    /// Check everything: format, lints, documentation, Miri, all tests.
    Test(test::Arguments),
}

fn main() -> anyhow::Result<ExitCode> {
    // `site` is a command of everybody's; its budget is a matter of this repository alone.
    // So is how good the leak detector is.
    let command = Xtask::command()
        .mut_subcommand("site", budget::Arguments::augment_args)
        .mut_subcommand("report", report::Arguments::augment_args)
        .mut_subcommand("leaks", leaks::Arguments::augment_args);
    let matches = command.get_matches();
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
        // Under another toolchain the whole command runs once more, and makes the studies there.
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
        Some(Task::Screenshots(arguments)) => screenshots::run(&arguments),
        Some(Task::Soak(arguments)) => Ok(cli::run_profile(&cli::ProfileCommand::Soak(arguments))),
        Some(Task::FakeHistory(arguments)) => fake_history::run(&arguments),
        Some(Task::Test(arguments)) => test::run(&arguments),
    }
}
