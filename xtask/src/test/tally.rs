//! Counts tests in the output of test runners. It does not judge a stage: [`judge`](super::judge)
//! does.

use std::fmt;
use std::iter::Sum;

/// How many tests passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    /// The sum of every `test result:` line in `output`.
    pub fn from_output(output: &str) -> Self {
        output.lines().filter_map(Self::of_line).sum()
    }

    /// The counts of one line, such as `test result: ok. 5 passed; 0 failed; 1 ignored; …`. `None`
    /// for any other line.
    fn of_line(line: &str) -> Option<Self> {
        let plain = without_colour(line);
        let (_, counts) = plain.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |word: &str| {
            let amount = counts
                .split("; ")
                .find_map(|part| part.strip_suffix(word))?;
            amount.trim().parse::<u64>().ok()
        };
        Some(Self {
            passed: count("passed")?,
            failed: count("failed")?,
            skipped: count("ignored").unwrap_or(0),
        })
    }

    /// Tests that ran to their end.
    pub fn ran(self) -> u64 {
        self.passed + self.failed
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, next| Self {
            passed: sum.passed + next.passed,
            failed: sum.failed + next.failed,
            skipped: sum.skipped + next.skipped,
        })
    }
}

/// The last line of the summary, which continuous integration reads.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// `line` without terminal colour sequences (`ESC [ … m`), which a runner writes if colours are
/// forced.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut inside = false;
    for character in line.chars() {
        match (inside, character) {
            (false, '\u{1b}') => inside = true,
            (false, other) => plain.push(other),
            (true, 'm') => inside = false,
            (true, _) => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSED: &str = "test result: ok. 46 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.09s";
    const FAILED: &str =
        "test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";

    #[test]
    fn the_lines_of_several_runners_are_summed() {
        let output = format!("running 48 tests\ntest a ... ok\n\n{PASSED}\n\n{FAILED}\n");
        let expected = Tally {
            passed: 53,
            failed: 2,
            skipped: 2,
        };
        assert_eq!(Tally::from_output(&output), expected);
    }

    #[test]
    fn a_coloured_line_counts_like_a_plain_one() {
        let coloured = PASSED.replace("ok", "\u{1b}[32mok\u{1b}[m");
        assert_eq!(Tally::from_output(&coloured), Tally::from_output(PASSED));
    }

    #[test]
    fn a_line_that_only_resembles_a_result_is_not_counted() {
        for noise in [
            "",
            "the line test result: ok. 5 passed; 0 failed",
            "test result: ok",
            "test result: ok. many passed; 0 failed",
            "test result: ok. 5 passed",
            "5 passed, 0 failed",
        ] {
            assert_eq!(Tally::from_output(noise), Tally::default(), "{noise}");
        }
    }

    #[test]
    fn the_last_line_names_skipped_tests_only_if_there_are_any() {
        assert_eq!(Tally::from_output(FAILED).to_string(), "7 passed, 2 failed");
        assert_eq!(
            Tally::from_output(PASSED).to_string(),
            "46 passed, 0 failed, 2 skipped"
        );
    }
}
