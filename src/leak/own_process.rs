//! Runs each leak test in a separate process, so that other tests do not disturb it.
//!
//! ```text
//!  cargo test ─▶ #[test] in the parent ───the same binary, only this test──▶ #[test] in the child
//!                       ▲                                                          │
//!                       └── exit code, report as text, output of the steps ────────┘
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

/// Environment variable of the child process: the path of its test.
const VARIABLE: &str = "HEAPMARK_LEAK_TEST";
/// Precedes the output of setup and steps in the child's output.
const START: &str = "\u{1}heapmark leak test\n";
/// Precedes the report in the child's output.
const MARK: &str = "\u{1}heapmark leak report\n";
/// Number of output lines of setup and steps that are shown. Thousands of steps may print.
const SHOWN: usize = 50;

/// Whether this process was started to run one leak test.
pub(super) fn is_child() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// The expansion of [`leak_test!`](crate::leak_test): a test that runs once, when it is
/// dereferenced.
///
/// A call in a macro expansion has the location of the macro call, so all tests of one
/// `leak_test!` would fail at its first line. An implicit dereference of a name has the location of
/// that name, which is in the caller's source.
pub struct LeakTest<F> {
    path: &'static str,
    detect: Cell<Option<F>>,
}

impl<F: FnOnce() -> Report> LeakTest<F> {
    /// Creates the test with the given path: `module_path!()`, `::` and the name.
    pub fn new(path: &'static str, detect: F) -> Self {
        Self {
            path,
            detect: Cell::new(Some(detect)),
        }
    }
}

impl<F: FnOnce() -> Report> Deref for LeakTest<F> {
    type Target = ();

    /// Starts the test binary again with only this test; the detection runs there.
    ///
    /// # Panics
    ///
    /// With the report if the verdict is not steady, or with the child's output if the child fails
    /// in another way.
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
            Err(error) => panic!("could not start a process for the leak test `{name}`: {error}"),
        }
        &()
    }
}

fn in_child(caller: &'static Location<'static>, detect: impl FnOnce() -> Report) -> ! {
    // A closed pipe is not an error: the exit code carries the verdict.
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
            // A test that passes prints only this warning.
            if report.contains(NO_ALLOCATION) {
                let _ = writeln!(std::io::stderr(), "{name}: {}", report.trim());
            }
        }
        Some((printed, report)) => {
            panic!("{}{}", report.trim_end(), also(printed, &stderr));
        }
        None => {
            // The harness of the parent prints the same summary.
            let printed = said.split_once("FAILED\n\nfailures:");
            let printed = printed.map_or(said, |(printed, _)| printed);
            panic!(
                "the process of the leak test `{name}` ended before it had a verdict ({}){}",
                output.status,
                also(printed, &stderr)
            )
        }
    }
}

/// The output of setup and steps, to print it below the report.
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
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n\nprinted to {stream}{which}:\n{}",
            lines[first..].join("\n")
        );
    }
    text
}
