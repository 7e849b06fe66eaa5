//! `cargo heapmark`: what code does to the heap.

use std::process::ExitCode;

use cargo_heapmark::cli::{self, Command, ProfileCommand};
use clap::Parser;

/// cargo calls the program with its own name as the first argument.
#[derive(Parser)]
#[command(bin_name = "cargo")]
enum Cargo {
    /// What does my code do to the heap?
    #[command(version, arg_required_else_help = true)]
    Heapmark {
        /// What to do.
        #[command(subcommand)]
        command: Any,
    },
}

/// Every command.
#[derive(clap::Subcommand)]
enum Any {
    #[command(flatten)]
    Benchmark(Command),
    #[command(flatten)]
    Profile(ProfileCommand),
}

fn main() -> ExitCode {
    let Cargo::Heapmark { command } = Cargo::parse();
    match command {
        Any::Benchmark(command) => cli::run(&command),
        Any::Profile(command) => cli::run_profile(&command),
    }
}
