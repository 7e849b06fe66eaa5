//! A process for each leak test: another test's memory is nobody's business here.
//!
//! ```text
//!  cargo test ─▶ #[test] in the parent ──the same binary, this test alone──▶ #[test] in the child
//!                       ▲                                                          │
//!                       └── exit code, the report as text, what the steps printed ─┘
//! ```

use std::cell::Cell;
use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Deref;
use std::panic::Location;
use std::process::{Command, Output, exit};

use super::idle::wait_for_harness;
use super::report::{Report, Verdict};
use heapmark_model::record::NO_ALLOCATION;

/// Set in a child, to the path of its test.
const VARIABLE: &str = "HEAPMARK_LEAK_TEST";
/// Stands in the child's output before what setup and steps print.
const START: &str = "\u{1}heapmark leak test\n";
/// Stands in the child's output before the report.
const MARK: &str = "\u{1}heapmark leak report\n";
/// Lines of what setup and steps printed that are shown: a step may print in each of thousands.
const SHOWN: usize = 50;

/// Whether this process was started for one leak test.
pub(super) fn is_child() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// What [`leak_test!`](crate::leak_test) expands to: a test that runs, once, where it is
/// dereferenced.
///
/// A call that a macro writes stands where the macro is used, and all tests of one `leak_test!`
/// would fail at its first line. A dereference that the compiler adds to a name has the place of
/// that name, which is the caller's own.
pub struct LeakTest<F> {
    path: &'static str,
    detect: Cell<Option<F>>,
}

impl<F: FnOnce() -> Report> LeakTest<F> {
    /// The test at `path`, as `module_path!()` and its name have it.
    pub fn new(path: &'static str, detect: F) -> Self {
        Self {
            path,
            detect: Cell::new(Some(detect)),
        }
    }
}

impl<F: FnOnce() -> Report> Deref for LeakTest<F> {
    type Target = ();

    /// Starts the test's binary again for this test alone, and judges there.
    ///
    /// # Panics
    ///
    /// With the report unless the verdict is steady, and with the child's output where the child
    /// fails in another way.
    #[track_caller]
    fn deref(&self) -> &() {
        super::require_allocator();
        let Some(detect) = self.detect.take() else {
            return &();
        };
        if env::var(VARIABLE).is_ok_and(|child| child == self.path) {
            in_child(Location::caller(), detect);
        }
        let name = self
            .path
            .split_once("::")
            .map_or(self.path, |(_, name)| name);
        match start(name, self.path) {
            Ok(output) => judge(name, &output),
            Err(error) => panic!("cannot start a process for the leak test `{name}`: {error}"),
        }
        &()
    }
}

fn in_child(caller: &'static Location<'static>, detect: impl FnOnce() -> Report) -> ! {
    // Where nobody reads any more, the exit code still tells.
    let _ = write!(std::io::stdout(), "{START}");
    wait_for_harness();
    let mut report = detect();
    report.caller = Some(caller);
    let steady = report.verdict == Verdict::Steady;
    let _ = writeln!(std::io::stdout(), "{MARK}{report}");
    exit(i32::from(!steady));
}

fn start(name: &str, path: &str) -> std::io::Result<Output> {
    let mut command = Command::new(env::current_exe()?);
    command.args([
        name,
        "--exact",
        "--nocapture",
        "--test-threads=1",
        "--include-ignored",
    ]);
    command.env(VARIABLE, path).output()
}

#[track_caller]
fn judge(name: &str, output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let said = stdout.split_once(START).map_or(&*stdout, |(_, said)| said);
    match said.split_once(MARK) {
        Some((_, report)) if output.status.success() => {
            // A test that passes is silent, but for a warning.
            if report.contains(NO_ALLOCATION) {
                let _ = writeln!(std::io::stderr(), "{name}: {}", report.trim());
            }
        }
        Some((printed, report)) => {
            panic!("{}{}", report.trim_end(), also(printed, &stderr));
        }
        None => {
            // What the harness says of its end is said by the parent's as well.
            let printed = said.split_once("FAILED\n\nfailures:");
            let printed = printed.map_or(said, |(printed, _)| printed);
            panic!(
                "the process of the leak test `{name}` ended without a verdict ({}){}",
                output.status,
                also(printed, &stderr)
            )
        }
    }
}

/// What was printed, to stand below what failed.
fn also(stdout: &str, stderr: &str) -> String {
    let mut text = String::new();
    for (stream, printed) in [("stderr", stderr), ("stdout", stdout)] {
        let lines: Vec<&str> = printed.trim_matches('\n').lines().collect();
        if lines.is_empty() {
            continue;
        }
        let first = lines.len().saturating_sub(SHOWN);
        let which = match first {
            0 => String::new(),
            _ => format!(", the last {SHOWN} of {} lines", lines.len()),
        };
        // A string takes all that is written to it.
        let _ = write!(
            text,
            "\n\nprinted to {stream}{which}:\n{}",
            lines[first..].join("\n")
        );
    }
    text
}
