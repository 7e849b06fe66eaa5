//! The binary `cargo heapmark`: parses the command line and runs the command. The commands are in
//! [`cargo_heapmark::cli`].

use std::process::ExitCode;

use cargo_heapmark::cli::{self, Command, ProfileCommand};
use clap::Parser;

/// cargo passes the name of the subcommand, `heapmark`, as the first argument.
#[derive(Parser)]
#[command(bin_name = "cargo")]
enum Cargo {
    /// Measure heap allocations, compare revisions, find leaks and profile programs.
    #[command(
        version,
        display_name = "cargo-heapmark",
        arg_required_else_help = true
    )]
    Heapmark {
        /// The command to run.
        #[command(subcommand)]
        command: Any,
    },
}

/// All commands.
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
