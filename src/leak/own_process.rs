//! A process for each leak test: another test's memory is nobody's business here.
//!
//! ```text
//!  cargo test ─▶ #[test] in the parent ──the same binary, this test alone──▶ #[test] in the child
//!                       ▲                                                          │
//!                       └──────────── exit code, and the report as text ───────────┘
//! ```

use std::env;
use std::io::Write;
use std::process::{Command, exit};

use super::report::{Report, Verdict};

/// Set in a child, to the path of its test.
const VARIABLE: &str = "HEAPMARK_LEAK_TEST";
/// Stands before the report in the child's output.
const MARK: &str = "\u{1}heapmark leak report\n";

/// Whether this process was started for one leak test.
pub(super) fn is_child() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// What [`leak_test!`](crate::leak_test) expands to: starts the test's binary again for the test
/// at `path` alone, as `module_path!()` and its name have it, and judges there.
///
/// # Panics
///
/// With the report unless the verdict is steady, and with the child's output where the child
/// fails in another way.
#[track_caller]
pub fn in_own_process(path: &str, detect: impl FnOnce() -> Report) {
    super::require_allocator();
    if env::var(VARIABLE).is_ok_and(|child| child == path) {
        let report = detect();
        let steady = report.verdict == Verdict::Steady;
        // Where nobody reads any more, the exit code still tells.
        let _ = writeln!(std::io::stdout(), "{MARK}{report}");
        exit(i32::from(!steady));
    }
    let name = path.split_once("::").map_or(path, |(_, name)| name);
    let child = env::current_exe().and_then(|binary| {
        let mut command = Command::new(binary);
        command.args([
            name,
            "--exact",
            "--nocapture",
            "--test-threads=1",
            "--include-ignored",
        ]);
        command.env(VARIABLE, path).output()
    });
    let output = match child {
        Ok(output) => output,
        Err(error) => panic!("cannot start a process for the leak test `{name}`: {error}"),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    match text.split_once(MARK) {
        Some((_, _)) if output.status.success() => {}
        Some((_, report)) => panic!("{}", report.trim_end()),
        None => panic!(
            "the process of the leak test `{name}` ended without a verdict ({})\n{text}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ),
    }
}
