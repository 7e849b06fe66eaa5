//! Programs whose truth is known, leaks and clean ones that look like them, each detected in a
//! process of its own and held against its truth.
//!
//! ```text
//!  leak_corpus                      every program with its own parameters; fails on a wrong verdict
//!  leak_corpus --seeds N            every program with parameters drawn from seeds 1 … N
//!  leak_corpus --beside N           every program beside a clean one that is drawn, N times
//!  leak_corpus --repeat N           every program N times: verdicts and steps must be the same
//!  leak_corpus --speed              how long a plain steady case takes, and what counting costs
//!  leak_corpus --program NAME SEED  one program, in this process
//! ```
//!
//! `cargo xtask leaks --corpus` runs the optimised binary with the same arguments.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

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

use std::process::ExitCode;

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
        ["--beside", count] => runner::beside(&programs, clean::PROGRAMS, count.parse().unwrap()),
        ["--repeat", count] => runner::repeat(&programs, count.parse().unwrap()),
        ["--speed"] => speed::run(),
        [] => runner::all(&programs),
        // A filter for tests of other targets.
        _ => ExitCode::SUCCESS,
    }
}
