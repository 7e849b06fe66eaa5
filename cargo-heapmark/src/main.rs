//! `cargo heapmark`: counts what anybody's bench target does to the heap.

use std::process::ExitCode;

use cargo_heapmark::cli::{self, Command};
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
        command: Command,
    },
}

fn main() -> ExitCode {
    let Cargo::Heapmark { command } = Cargo::parse();
    cli::run(&command)
}
