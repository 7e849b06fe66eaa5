//! The project's own tasks: `cargo xtask` lists them.

mod overhead;
mod test;

use std::process::ExitCode;

use clap::Parser;
use heapmark::cli;

/// The tasks of this repository.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    subcommand_required = true,
    arg_required_else_help = true
)]
enum Task {
    #[command(flatten)]
    Command(cli::Command),
    /// Measure what each allocator wrapper costs.
    Overhead(overhead::Arguments),
    /// Check everything: format, lints, documentation, Miri, all tests.
    Test(test::Arguments),
}

fn main() -> anyhow::Result<ExitCode> {
    match Task::parse() {
        Task::Command(command) => Ok(cli::run(&command)),
        Task::Overhead(arguments) => overhead::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
    }
}
