//! Programs that are known to leak, and clean ones that look similar. The detector judges each in
//! a separate process, and its verdict is compared with the truth.
//!
//! ```text
//!  leak_corpus [NAME]               every program with its own parameters; fails on a wrong verdict
//!  leak_corpus --seeds N            every program with parameters drawn from seeds 1 … N
//!  leak_corpus --pairs N            every program together with a random clean one, N times
//!  leak_corpus --repeat N           every program N times: verdicts and steps must be the same
//!  leak_corpus --speed              the time of a plain steady case, and the cost of counting
//!  leak_corpus --program NAME SEED  one program, in this process
//! ```
//!
//! `cargo xtask leaks --corpus` runs the optimised binary with the same arguments.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

#[path = "../one_by_one/arguments.rs"]
mod arguments;
mod beside;
mod churn;
mod clean;
mod late;
mod leaks;
mod masked;
mod outcome;
mod runner;
mod scaling;
mod speed;

use std::io::Write;
use std::process::{Command, ExitCode};

use arguments::Arguments;
use outcome::Program;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn main() -> ExitCode {
    let programs: Vec<Program> = leaks::PROGRAMS
        .iter()
        .chain(clean::PROGRAMS)
        .copied()
        .collect();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--program", name, seed] => {
            runner::one(&programs, name, seed.parse().unwrap());
            ExitCode::SUCCESS
        }
        ["--seeds", count] => runner::seeds(&programs, count.parse().unwrap()),
        ["--pairs", count] => runner::beside(&programs, clean::PROGRAMS, count.parse().unwrap()),
        ["--repeat", count] => runner::repeat(&programs, count.parse().unwrap()),
        ["--speed"] => speed::run(),
        _ => as_test(&programs, &arguments),
    }
}

/// Behaves as cargo and cargo-nextest expect of a test target.
fn as_test(programs: &[Program], arguments: &[&str]) -> ExitCode {
    let mut out = std::io::stderr();
    let arguments = match Arguments::parse(arguments.iter().map(ToString::to_string)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let ways = "--seeds N, --pairs N, --repeat N, --speed and --program NAME SEED";
            writeln!(out, "error: {error}; own options are {ways}").unwrap();
            return ExitCode::from(2);
        }
    };
    // The list is empty because one run judges all programs together.
    if arguments.list {
        return ExitCode::SUCCESS;
    }
    let chosen = programs.iter().filter(|(name, _)| arguments.selects(name));
    let chosen: Vec<Program> = chosen.copied().collect();
    if chosen.is_empty() {
        writeln!(out, "no program matches the filter").unwrap();
        return ExitCode::SUCCESS;
    }
    for unknown in [&["--seed", "25"][..], &["--seeds"], &["--pairs", "1", "2"]] {
        let asked = Command::new(std::env::current_exe().unwrap())
            .args(unknown)
            .output();
        assert_eq!(
            asked.unwrap().status.code(),
            Some(2),
            "{unknown:?} must be refused"
        );
    }
    runner::all(&chosen)
}
