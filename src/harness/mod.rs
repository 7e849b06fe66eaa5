//! The `main` function of a bench binary: selects a mode from the arguments.
//!
//! ```text
//!                    ┌─ --heapmark-worker ─▶ worker   answers a parent's request on stdin
//!  arguments ─▶ Mode ┼─ --list ────────────▶ list     lists the cases
//!                    ├─ --bench ───────────▶ screen   prints the time and the counts of each case
//!                    └─ neither ───────────▶ test     runs every case once, checks its assertions
//! ```
//!
//! It does not render or store anything. The parent process decides what to store.

mod arguments;
#[cfg(target_os = "linux")]
mod at_exit;
#[cfg(target_os = "linux")]
mod fork;
mod heap_line;
#[cfg(target_os = "linux")]
mod instructions;
mod list;
pub mod registry;
mod revision;
mod screen;
pub mod seeds;
mod stopwatch;
mod test;
mod unmet;
pub mod worker;
mod workload;

use std::io::{self, Write};
use std::process::ExitCode;

use crate::alloc;
use crate::bencher::{self, Group, Instance};
use arguments::{Mode, Options};
use heapmark_model::select::{NoMatch, select};

/// Exit code of success.
const FINE: u8 = 0;
/// Exit code if an assertion of a case fails in bench mode.
const WORSE: u8 = 1;
/// Exit code if an assertion of a case fails in test mode, the same as of libtest.
const UNMET: u8 = 101;
/// Exit code if nothing could be measured, for example because of a wrong argument.
const CANNOT: u8 = 2;

/// Runs the groups as the arguments of the process request. This is the `main` of a bench binary.
/// `revision` is the revision that it was built from, if the build has set one.
pub fn main(groups: &[&'static Group], revision: Option<&'static str>) -> ExitCode {
    revision::tell(revision);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A closed pipe means that the reader needs no more output, as in `cargo bench | head`.
    // criterion prints with `println!`, which then panics. The hook ends the process first.
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
        // The parent prints the worker's answer.
        Err(clash) if options.mode == Mode::Worker => return worker::refuse(&clash),
        Err(clash) => return refuse(&clash),
    };
    if options.mode == Mode::Worker {
        return worker::main(&instances);
    }
    let id = |instance: &Instance| instance.id().to_owned();
    let chosen = match select(&options.selection(), &instances, id) {
        Ok(chosen) => chosen,
        // `cargo test NAME` passes NAME to every target, so a test run may match no case here.
        Err(NoMatch::Nothing { .. }) if options.mode != Mode::Bench => Vec::new(),
        Err(error @ NoMatch::Nothing { .. }) => {
            return refuse(&format_args!("{error}; run with `--list` to see all cases"));
        }
        Err(error) => return refuse(&error),
    };
    if options.mode == Mode::List {
        return list::print(&chosen, &options, out).map(|()| FINE);
    }
    if !alloc::is_installed() {
        return refuse(&format_args!(
            "heapmark's allocator is not installed, so nothing can be counted; add these lines to \
             the bench target:\n\n{}\n",
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

/// Defines the `main` of a bench target from the modules that define its groups, in report order.
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
