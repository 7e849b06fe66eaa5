//! How outcomes read on a terminal and in a log: a line a stage, and the closing summary whose
//! last line machines read.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use super::stage::{Outcome, Verdict};
use super::tally::Tally;

/// Writes the closing summary; its last line is the sum of all tests, stages that failed without
/// a failed test, and stages that were skipped.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write(out: &mut impl Write, outcomes: &[Outcome]) -> io::Result<()> {
    let count = |word| outcomes.iter().filter(|o| o.verdict.word() == word).count();
    writeln!(
        out,
        "\n   Summary  {} stages: {} ok, {} failed, {} skipped",
        outcomes.len(),
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

impl Verdict {
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

/// The status word first, then the name, the time in seconds, and what there is to remark.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>10}  {:<10}", self.verdict.word(), self.name)?;
        if !matches!(self.verdict, Verdict::Skipped(_)) {
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

/// Below ten seconds a tenth tells something.
fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..10 => format!("{:.1} s", took.as_secs_f64()),
        whole => format!("{whole} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &'static str, verdict: Verdict, took: u64, passed: u64) -> Outcome {
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
            outcome("fmt", Verdict::Passed(String::new()), 2, 0),
            outcome("clippy", Verdict::Failed("exit status: 101".into()), 12, 0),
            outcome("miri", Verdict::Skipped("Miri is missing".into()), 0, 0),
            outcome("tests", Verdict::Passed("57 tests passed".into()), 75, 57),
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
