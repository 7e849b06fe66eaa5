//! Prints outcomes: a line for each stage, and a summary whose last line is for machines.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use heapmark_model::format::plural;

use super::stage::{Outcome, StageOutcome};
use super::tally::Tally;

/// Writes the summary. Its last line sums up all tests, the stages that failed without a failed
/// test, and the stages that were skipped.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write(out: &mut impl Write, outcomes: &[Outcome]) -> io::Result<()> {
    let count = |word| outcomes.iter().filter(|o| o.verdict.word() == word).count();
    writeln!(
        out,
        "\n   Summary  {}: {} ok, {} failed, {} skipped",
        plural(outcomes.len(), "stage"),
        count("ok"),
        count("failed"),
        count("skipped"),
    )?;
    for outcome in outcomes {
        writeln!(out, "{outcome}")?;
    }
    let tally: Tally = outcomes.iter().map(Outcome::tally).sum();
    writeln!(out, "{tally}")
}

impl StageOutcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed(_) => "ok",
            Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
        }
    }

    fn remark(&self) -> &str {
        let (Self::Passed(text) | Self::Failed(text) | Self::Skipped(text)) = self;
        text
    }
}

/// The status, the name, the time in seconds, and the remark.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>10}  {:<10}", self.verdict.word(), self.name)?;
        if !matches!(self.verdict, StageOutcome::Skipped(_)) {
            let budget = self.budget.as_secs();
            write!(f, "{:>7} of {budget} s", seconds(self.took))?;
            if self.took > self.budget {
                write!(f, ", over budget")?;
            }
        }
        match self.verdict.remark() {
            "" => Ok(()),
            remark => write!(f, "  {remark}"),
        }
    }
}

/// Seconds, with one decimal below ten seconds.
fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..10 => format!("{:.1} s", took.as_secs_f64()),
        whole => format!("{whole} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &'static str, verdict: StageOutcome, took: u64, passed: u64) -> Outcome {
        Outcome {
            name,
            verdict,
            took: Duration::from_secs(took),
            budget: Duration::from_secs(60),
            tests: Tally {
                passed,
                ..Tally::default()
            },
        }
    }

    #[test]
    fn the_summary_lists_every_stage_and_ends_with_the_line_for_machines() {
        let outcomes = [
            outcome("fmt", StageOutcome::Passed(String::new()), 2, 0),
            outcome(
                "clippy",
                StageOutcome::Failed("exit status: 101".into()),
                12,
                0,
            ),
            outcome(
                "miri",
                StageOutcome::Skipped("Miri is missing".into()),
                0,
                0,
            ),
            outcome(
                "tests",
                StageOutcome::Passed("57 tests passed".into()),
                75,
                57,
            ),
        ];
        let mut out = Vec::new();
        write(&mut out, &outcomes).unwrap();
        let expected = "
   Summary  4 stages: 2 ok, 1 failed, 1 skipped
        ok  fmt         2.0 s of 60 s
    failed  clippy       12 s of 60 s  exit status: 101
   skipped  miri        Miri is missing
        ok  tests        75 s of 60 s, over budget  57 tests passed
57 passed, 1 failed, 1 skipped
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
