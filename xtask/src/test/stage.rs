//! A stage: the tools that it needs, its steps, its time budget, and its outcome.
//! [`stages`](super::stages) lists all stages.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::step::Step;
use super::tally::Tally;
use super::tool::Tool;

/// When a stage runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Always. All quick stages together end within three minutes after a build.
    Quick,
    /// For every commit.
    Usual,
    /// On a schedule, or on request.
    Slow,
}

/// Steps that check one statement.
pub struct Stage {
    /// Its name on the command line.
    pub name: &'static str,
    /// When it runs.
    pub tier: Tier,
    /// What is true if it passes.
    pub claim: &'static str,
    /// If one of these tools is missing, the stage is skipped.
    pub needs: Vec<Tool>,
    /// The time that it should take on two cores from a cold start. A longer time is printed, but
    /// is not a failure.
    pub budget: Duration,
    /// They run one after another, up to the first that fails.
    pub steps: Vec<Step>,
    /// Whether the stage runs while later stages run: it keeps one core busy, and builds in another
    /// folder than they do.
    pub is_beside: bool,
}

/// The outcome of a stage.
pub struct Outcome {
    pub name: &'static str,
    pub verdict: StageOutcome,
    pub took: Duration,
    pub budget: Duration,
    /// The tests that its steps ran.
    pub tests: Tally,
}

/// How a stage ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StageOutcome {
    /// With the remarks of its steps.
    Passed(String),
    /// With the reason.
    Failed(String),
    /// With the missing tool and the command that installs it.
    Skipped(String),
}

impl Stage {
    /// Runs the stage and prints its progress to `out`.
    ///
    /// # Errors
    ///
    /// If `out` cannot be written.
    pub fn run(&self, out: &mut impl Write) -> io::Result<Outcome> {
        writeln!(out, "\n     stage  {}: {}", self.name, self.claim)?;
        let start = Instant::now();
        let (verdict, tests) = match self.needs.iter().find(|tool| !tool.is_there()) {
            Some(tool) => (StageOutcome::Skipped(missing(tool)), Tally::default()),
            None => self.run_steps(out)?,
        };
        let outcome = Outcome {
            name: self.name,
            verdict,
            took: start.elapsed(),
            budget: self.budget,
            tests,
        };
        writeln!(out, "{outcome}")?;
        Ok(outcome)
    }

    fn run_steps(&self, out: &mut impl Write) -> io::Result<(StageOutcome, Tally)> {
        let mut remarks = Vec::new();
        let mut tests = Vec::new();
        for step in &self.steps {
            let (judgement, output) = step.run(out)?;
            tests.push(Tally::from_output(&output));
            match judgement {
                Ok(remark) => remarks.extend(remark),
                Err(reason) => {
                    let verdict = StageOutcome::Failed(format!("{reason}: {step}"));
                    return Ok((verdict, tests.into_iter().sum()));
                }
            }
        }
        let verdict = StageOutcome::Passed(remarks.join(", "));
        Ok((verdict, tests.into_iter().sum()))
    }
}

fn missing(tool: &Tool) -> String {
    format!(
        "{} is missing; install it with `{}`",
        tool.name,
        tool.by_hand()
    )
}

impl Outcome {
    /// What the stage adds to the last line: its tests, and itself if it was skipped or if it
    /// failed without a failed test.
    pub fn tally(&self) -> Tally {
        let mut tally = self.tests;
        match self.verdict {
            StageOutcome::Passed(_) => {}
            StageOutcome::Failed(_) => tally.failed = tally.failed.max(1),
            StageOutcome::Skipped(_) => tally.skipped += 1,
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::tool::Source;

    fn stage(needs: Vec<Tool>, lines: &[&str]) -> Stage {
        Stage {
            name: "planted",
            tier: Tier::Usual,
            claim: "a claim",
            needs,
            budget: Duration::from_secs(60),
            steps: lines.iter().map(|line| Step::new(line)).collect(),
            is_beside: false,
        }
    }

    fn run(stage: &Stage) -> (Outcome, String) {
        let mut out = Vec::new();
        let outcome = stage.run(&mut out).unwrap();
        (outcome, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_stage_begins_with_its_claim_and_ends_with_its_verdict_and_budget() {
        let (outcome, shown) = run(&stage(vec![], &["cargo --version"]));
        assert_eq!(outcome.verdict, StageOutcome::Passed(String::new()));
        assert!(shown.starts_with("\n     stage  planted: a claim\n"));
        let last = shown.lines().last().unwrap();
        assert!(last.starts_with("        ok  planted"), "{last}");
        assert!(last.ends_with(" s of 60 s"), "{last}");
    }

    #[test]
    fn a_failing_step_fails_the_stage_and_stops_it() {
        let (outcome, shown) = run(&stage(vec![], &["cargo no-such-command", "cargo -V"]));
        let StageOutcome::Failed(reason) = &outcome.verdict else {
            panic!("{:?}", outcome.verdict);
        };
        assert!(reason.contains("cargo no-such-command"), "{reason}");
        assert!(!shown.contains("$ cargo -V"), "{shown}");
        assert_eq!(outcome.tally().failed, 1);
    }

    #[test]
    fn a_missing_tool_skips_the_stage_and_runs_nothing() {
        let tool = Tool {
            name: "the planted tool",
            probe: "no-such-program --version",
            source: Source::Debian("no-such-package"),
        };
        let (outcome, shown) = run(&stage(vec![tool], &["cargo --version"]));
        let expected =
            "the planted tool is missing; install it with `sudo apt-get install no-such-package`";
        assert_eq!(outcome.verdict, StageOutcome::Skipped(expected.to_owned()));
        assert!(!shown.contains('$'), "{shown}");
        assert_eq!(outcome.tally().to_string(), "0 passed, 0 failed, 1 skipped");
    }
}
