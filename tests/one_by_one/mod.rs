//! Runs tests one after the other on the main thread.
//!
//! Process-wide counts are exact only while nobody else allocates, and libtest's own threads do.
//! It understands the arguments that cargo and cargo-nextest give, and no more.

use std::io::{self, Write};
use std::panic::catch_unwind;
use std::process::ExitCode;

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
    let arguments = Arguments::of_program();
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

#[derive(Default)]
struct Arguments {
    list: bool,
    exact: bool,
    ignored: bool,
    filters: Vec<String>,
}

impl Arguments {
    fn of_program() -> Self {
        let mut arguments = Self::default();
        let mut given = std::env::args().skip(1);
        while let Some(argument) = given.next() {
            match argument.as_str() {
                "--list" => arguments.list = true,
                "--exact" => arguments.exact = true,
                "--ignored" => arguments.ignored = true,
                "--format" | "--color" | "--test-threads" => drop(given.next()),
                flag if flag.starts_with('-') => {}
                filter => arguments.filters.push(filter.to_owned()),
            }
        }
        arguments
    }

    /// No test is ignored, so `--ignored` selects none.
    fn selects(&self, name: &str) -> bool {
        let matches = |filter: &String| {
            if self.exact {
                name == filter
            } else {
                name.contains(filter)
            }
        };
        !self.ignored && (self.filters.is_empty() || self.filters.iter().any(matches))
    }
}

fn say(line: &str) {
    // A reader that went away is no failure of a test.
    let _ = writeln!(io::stdout(), "{line}");
}
