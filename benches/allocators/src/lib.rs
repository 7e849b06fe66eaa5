//! Runs fixed work under one allocator and prints a measurement: the program of each binary of this
//! crate.
//!
//! ```text
//! allocator-mimalloc larson ─▶ the work, once ─▶ CPU time, faults, memory ─▶ one line of JSON
//! allocator-mimalloc        ─▶ the names of all pieces of work
//! ```
//!
//! A process does one piece of work, so that nothing is left from another. It does not compare
//! allocators; `cargo xtask report --allocators` does.

mod measure;
pub mod suite;
mod work;

use std::io::{self, Write};
use std::process::ExitCode;

/// Returns the usable size in bytes of a live block of the allocator, which is at least the
/// requested size.
pub type UsableSize = fn(*const u8) -> usize;

/// Does the work that the first argument names and prints its measurement; without an argument,
/// prints the names. Exits with 2 if the name is unknown.
pub fn main(usable: Option<UsableSize>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match &arguments[..] {
        [] => names(),
        [name] => match work::find(name) {
            Some(work) => run(work, usable),
            None => Err(io::Error::other(format!(
                "no work is named `{name}`; run without arguments to list all names"
            ))),
        },
        [_, more, ..] => Err(io::Error::other(format!(
            "unknown argument `{more}`; give only the name of one piece of work"
        ))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

fn names() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for work in work::ALL {
        writeln!(out, "{}", work.name)?;
    }
    Ok(())
}

fn run(work: &work::Work, usable: Option<UsableSize>) -> io::Result<()> {
    let measured = measure::measure(work, usable)?;
    let line = serde_json::to_string(&measured)?;
    writeln!(io::stdout().lock(), "{line}")
}
