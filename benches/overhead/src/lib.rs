//! The one loop that every wrapper is measured by: allocate 64 bytes, free them again.
//!
//! Each binary beside this file installs one global allocator and calls [`measure`]. It is no
//! tool of its own: `cargo xtask overhead` builds, launches and judges them.
//!
//! ```text
//!  BINARY time THREADS BATCHES ──▶ batches of 200 µs, each thread on its own CPU clock; prints
//!                                  nanoseconds a pair, and the share of batches that were good
//!  BINARY count PAIRS          ──▶ that many pairs on one thread, for callgrind
//! ```

mod batches;

use std::hint::black_box;
use std::io::Write;
use std::process::ExitCode;

/// Runs what the command line asks for, and prints its result as one line.
///
/// Whatever opens a gate or starts a profiler has to be done before, and kept until this returns.
/// Exits with 2 for bad arguments and where the machine is too busy to measure on.
pub fn measure() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match answer(&arguments) {
        Ok(line) => match writeln!(std::io::stdout(), "{line}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(2),
        },
        Err(complaint) => {
            let _ = writeln!(std::io::stderr(), "{complaint}");
            ExitCode::from(2)
        }
    }
}

fn answer(arguments: &[String]) -> Result<String, &'static str> {
    const USAGE: &str = "usage: time THREADS BATCHES | count PAIRS";
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["count", pairs] => {
            pairs_of_64_bytes(pairs.parse().map_err(|_| USAGE)?);
            Ok(format!("{pairs} pairs"))
        }
        ["time", threads, batches] => {
            let threads = threads.parse().map_err(|_| USAGE)?;
            let batches = batches.parse().map_err(|_| USAGE)?;
            let launch = batches::on_threads(threads, batches)
                .ok_or("the machine is too busy: the threads hardly ever ran side by side")?;
            Ok(format!("{:.4} {:.4}", launch.nanoseconds, launch.good))
        }
        _ => Err(USAGE),
    }
}

/// The measured loop. Not inlined, so that all binaries hold the same instructions.
#[inline(never)]
pub fn pairs_of_64_bytes(number: u64) {
    for _ in 0..number {
        // Uninitialised: writing the bytes would be measured too.
        drop(black_box(Box::<[u64; 8]>::new_uninit()));
    }
}
