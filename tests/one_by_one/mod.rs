//! Runs tests one after the other on the main thread.
//!
//! Process-wide counts are exact only while no other thread allocates, and the threads of libtest
//! allocate. The runner accepts the arguments of libtest and refuses all others.

mod arguments;

use std::io::{self, Write};
use std::panic::catch_unwind;
use std::process::ExitCode;

use arguments::Arguments;

/// The name of a test and its function; made by [`tests!`].
pub type Test = (&'static str, fn());

/// Lists the test functions of a module. The compiler reports a function that is not listed as dead
/// code.
macro_rules! tests {
    ($($test:ident),+ $(,)?) => {
        &[$((concat!(module_path!(), "::", stringify!($test)), $test as fn())),+]
    };
}
pub(crate) use tests;

/// Runs the tests that the program's arguments select.
pub fn run(tests: &[&[Test]]) -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            return ExitCode::from(2);
        }
    };
    let selected = tests.concat();
    let selected = selected.iter().filter(|(name, _)| arguments.selects(name));
    if arguments.list {
        for (name, _) in selected {
            say(&format!("{name}: test"));
        }
        return ExitCode::SUCCESS;
    }
    let (mut passed, mut failed) = (0, 0);
    for (name, test) in selected {
        let verdict = if catch_unwind(test).is_ok() {
            passed += 1;
            "ok"
        } else {
            failed += 1;
            "FAILED"
        };
        say(&format!("test {name} ... {verdict}"));
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    say(&format!(
        "\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out\n"
    ));
    ExitCode::from(if failed > 0 { 101 } else { 0 })
}

fn say(line: &str) {
    // A closed stdout is not a failure of a test.
    let _ = writeln!(io::stdout(), "{line}");
}
