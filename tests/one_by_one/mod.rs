//! Runs tests one after the other on the main thread.
//!
//! Process-wide counts are exact only while nobody else allocates, and libtest's own threads do.
//! It understands the arguments that cargo and cargo-nextest give, and refuses any other.

mod arguments;

use std::io::{self, Write};
use std::panic::catch_unwind;
use std::process::ExitCode;

use arguments::Arguments;

/// A name and what it stands for; made by [`tests!`].
pub type Test = (&'static str, fn());

/// Lists the functions of a module that are tests; one that is left out is dead code, which the
/// compiler reports.
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
    // A reader that went away is no failure of a test.
    let _ = writeln!(io::stdout(), "{line}");
}
