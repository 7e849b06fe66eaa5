//! The loop with which every wrapper is measured: allocate 64 bytes, free them again.
//!
//! Each binary of this crate installs one global allocator and calls [`measure`]. The binaries are
//! not separate tools: `cargo xtask overhead` builds, runs and judges them.
//!
//! ```text
//!  BINARY time THREADS BATCHES ──▶ batches of 200 µs, each thread on its own CPU clock; prints
//!                                  nanoseconds per pair, and the share of good batches
//!  BINARY count PAIRS          ──▶ that many pairs on one thread, for callgrind
//! ```

mod batches;

use std::hint::black_box;
use std::io::Write;
use std::process::ExitCode;

/// Runs the command of the command line and prints its result as one line.
///
/// A binary must open a gate or start a profiler before the call, and keep it until the call
/// returns. Exits with 2 for invalid arguments, and if the machine is too busy.
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
                .ok_or("the machine is too busy: the threads hardly ever ran at the same time")?;
            Ok(format!("{:.4} {:.4}", launch.nanoseconds, launch.good))
        }
        _ => Err(USAGE),
    }
}

/// The measured loop. It is not inlined, so that all binaries contain the same instructions.
#[inline(never)]
pub fn pairs_of_64_bytes(number: u64) {
    for _ in 0..number {
        // Uninitialised, because writing the bytes would be measured too.
        drop(black_box(Box::<[u64; 8]>::new_uninit()));
    }
}
