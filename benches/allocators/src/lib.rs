//! The same fixed work under one allocator: what a binary of this crate does.
//!
//! ```text
//! allocator-mimalloc larson ─▶ the work, once ─▶ CPU time, faults, memory ─▶ one line of JSON
//! allocator-mimalloc        ─▶ the names of all work
//! ```
//!
//! A process does one thing, so that nothing is left from another. It judges nothing; whoever
//! starts it compares allocators.

mod measure;
pub mod suite;
mod work;

use std::io::{self, Write};
use std::process::ExitCode;

/// The bytes that an allocator has set aside for a live block of its own; at least the request.
pub type UsableSize = fn(*const u8) -> usize;

/// Does the work that the first argument names, and prints what it took; without an argument,
/// prints the names. Ends with 2 where the name is not known.
pub fn main(usable: Option<UsableSize>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match &arguments[..] {
        [] => names(),
        [name] => match work::find(name) {
            Some(work) => run(work, usable),
            None => Err(io::Error::other(format!(
                "no work is called `{name}`; without an argument all names are printed"
            ))),
        },
        [_, more, ..] => Err(io::Error::other(format!(
            "unknown argument `{more}`; a process does one thing"
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
