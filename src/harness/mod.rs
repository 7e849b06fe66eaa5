//! The child side: what a bench binary does with its arguments.
//!
//! ```text
//!                    ┌─ --heapmark-worker ─▶ worker   answers a parent's request on stdin
//!  arguments ─▶ Mode ┼─ --list ────────────▶ list     names the cases
//!                    ├─ --bench ───────────▶ screen   criterion's time, and exact counts beside
//!                    └─ neither ───────────▶ test     every case once, its claims checked
//! ```
//!
//! It neither renders nor stores: what a run is worth keeping is the parent's to decide.

mod arguments;
#[cfg(target_os = "linux")]
mod fork;
mod heap_line;
#[cfg(target_os = "linux")]
mod instructions;
mod list;
mod revision;
mod screen;
pub mod seeds;
mod stopwatch;
mod test;
mod unmet;
pub mod worker;

use std::io::{self, Write};
use std::process::ExitCode;

use crate::alloc;
use crate::bencher::{self, Group, Instance};
use arguments::{Mode, Options};
use heapmark_model::select::{NoMatch, select};

/// Everything is fine.
const FINE: u8 = 0;
/// An assertion of a case does not hold, as a benchmark and as a test, which ends as libtest does.
const WORSE: u8 = 1;
const UNMET: u8 = 101;
/// Nothing could be measured: usage, build, data.
const CANNOT: u8 = 2;

/// Runs the groups as the process's arguments say; the `main` of a bench binary, which was built
/// from `revision` where somebody said so.
pub fn main(groups: &[&'static Group], revision: Option<&'static str>) -> ExitCode {
    revision::tell(revision);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A closed pipe is a reader that has seen enough, as in `cargo bench | head`. criterion
    // prints with `println!`, which panics then; the hook ends the process before it unwinds.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if worker::message(info.payload()).starts_with("failed printing to stdout") {
            std::process::exit(i32::from(FINE));
        }
        usual(info);
    }));
    let code = match run(groups, &arguments, &mut io::stdout().lock()) {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => FINE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            CANNOT
        }
    };
    ExitCode::from(code)
}

fn run(groups: &[&'static Group], arguments: &[String], out: &mut impl Write) -> io::Result<u8> {
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(error) => return refuse(&error),
    };
    let instances = match bencher::instances(groups) {
        Ok(instances) => instances,
        // The parent prints what the worker answers.
        Err(clash) if options.mode == Mode::Worker => return worker::refuse(&clash),
        Err(clash) => return refuse(&clash),
    };
    if options.mode == Mode::Worker {
        return worker::main(&instances);
    }
    let id = |instance: &Instance| instance.id().to_owned();
    let chosen = match select(&options.selection(), &instances, id) {
        Ok(chosen) => chosen,
        // `cargo test NAME` hands NAME to every target, so a test run may match nothing here.
        Err(NoMatch::Nothing { .. }) if options.mode != Mode::Bench => Vec::new(),
        Err(error @ NoMatch::Nothing { .. }) => {
            return refuse(&format_args!("{error}; `--list` names them all"));
        }
        Err(error) => return refuse(&error),
    };
    if options.mode == Mode::List {
        return list::print(&chosen, &options, out).map(|()| FINE);
    }
    if !alloc::is_installed() {
        return refuse(&format_args!(
            "heapmark's allocator is not installed, so nothing can be counted; add to the bench target:\n\n{}\n",
            alloc::INSTALL_HINT
        ));
    }
    match options.mode {
        Mode::Bench => screen::run(&chosen, &options, out),
        _ => test::run(&chosen, instances.len(), out),
    }
}

fn refuse(error: &dyn std::fmt::Display) -> io::Result<u8> {
    writeln!(io::stderr(), "error: {error}")?;
    Ok(CANNOT)
}

/// Makes the `main` of a bench target from the modules that list its groups, in report order.
///
/// See [`group!`](crate::group) for a module of cases.
#[macro_export]
macro_rules! main {
    ($($group:ident),+ $(,)?) => {
        $crate::switchable_randomness!();

        fn main() -> ::std::process::ExitCode {
            $crate::__private::harness::main(
                &[$(&$group::GROUP),+],
                ::core::option_env!("HEAPMARK_REVISION"),
            )
        }
    };
}
