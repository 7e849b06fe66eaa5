//! Runs all checks of the project with one command, for developers and for continuous integration.
//!
//! ```text
//!  --setup ─▶ setup ─┐       tool missing ──────────────▶ skipped ─┐
//!                    ├─▶ stage ─▶ step ─▶ output ─▶ judge ─▶ ok ────┼─▶ summary ─▶ exit code
//!  table of stages ──┘            (printed at once)    └──▶ failed ─┘
//! ```
//!
//! A failed stage does not stop the later ones, and leads to exit code 1. A skipped stage does not,
//! but the summary names it and prints the command that installs its tool. Without `--setup`, the
//! task installs nothing, and only cargo may use the network, to download crates.

mod judge;
mod setup;
mod stage;
mod stages;
pub(crate) mod step;
mod summary;
mod tally;
pub(crate) mod tool;

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::process::ExitCode;
use std::thread;

use stage::{Outcome, Stage, StageOutcome, Tier};

/// Flags of the task.
#[derive(clap::Args)]
pub struct Arguments {
    /// First install what the stages need, if that is possible on this machine.
    #[arg(long)]
    setup: bool,
    /// Run only the quick stages, which end within three minutes after a build.
    #[arg(long, conflicts_with_all = ["slow", "only"])]
    quick: bool,
    /// Run only the slow stages: packages, foreign crates, calibration, fuzzing.
    #[arg(long, conflicts_with = "only")]
    slow: bool,
    /// Run only this stage; can be repeated.
    #[arg(long, value_name = "STAGE", value_parser = stages::NAMES)]
    only: Vec<String>,
    /// Print the stages with what they check and their commands, without running them.
    #[arg(long, conflicts_with = "setup")]
    list: bool,
}

/// Runs the task.
///
/// # Errors
///
/// If standard output cannot be written.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout();
    let mut stages = stages::all();
    stages.retain(|stage| {
        let is_named = arguments.only.iter().any(|name| name == stage.name);
        match (arguments.quick, arguments.slow) {
            _ if !arguments.only.is_empty() => is_named,
            (true, _) => stage.tier == Tier::Quick,
            (_, true) => stage.tier == Tier::Slow,
            _ => stage.tier != Tier::Slow,
        }
    });
    if arguments.list {
        list(&mut out, &stages)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut outcomes = Vec::new();
    if arguments.setup {
        let (stage, by_hand) = setup::stage();
        outcomes.push(stage.run(&mut out)?);
        for line in by_hand {
            writeln!(out, "   by hand  {line}")?;
        }
    }
    check(&mut out, &stages, outcomes)
}

/// Runs every stage and prints the summary, which includes the outcomes of earlier stages.
fn check(
    out: &mut impl Write,
    stages: &[Stage],
    mut outcomes: Vec<Outcome>,
) -> anyhow::Result<ExitCode> {
    thread::scope(|scope| -> io::Result<()> {
        let mut beside = Vec::new();
        for stage in stages {
            if stage.is_beside {
                writeln!(
                    out,
                    "\n    beside  {}: its output follows at the end",
                    stage.name
                )?;
                beside.push(scope.spawn(|| {
                    let mut said = Vec::new();
                    let outcome = stage.run(&mut said);
                    (said, outcome)
                }));
            } else {
                outcomes.push(stage.run(out)?);
            }
        }
        for stage in beside {
            let (said, outcome) = stage.join().unwrap_or_else(|panic| resume_unwind(panic));
            out.write_all(&said)?;
            outcomes.push(outcome?);
        }
        Ok(())
    })?;
    summary::write(out, &outcomes)?;
    let failed = |outcome: &Outcome| matches!(outcome.verdict, StageOutcome::Failed(_));
    Ok(ExitCode::from(u8::from(outcomes.iter().any(failed))))
}

fn list(out: &mut impl Write, stages: &[Stage]) -> io::Result<()> {
    for stage in stages {
        writeln!(out, "{:<10}  {}", stage.name, stage.claim)?;
        for step in &stage.steps {
            writeln!(out, "            $ {step}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use step::Step;

    fn planted(name: &'static str, line: &str) -> Stage {
        Stage {
            name,
            tier: Tier::Usual,
            claim: "a claim",
            needs: Vec::new(),
            budget: Duration::from_secs(60),
            steps: vec![Step::new(line)],
            is_beside: false,
        }
    }

    fn run(stages: &[Stage]) -> (ExitCode, String) {
        let mut out = Vec::new();
        let code = check(&mut out, stages, Vec::new()).unwrap();
        (code, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_stage_beside_others_is_judged_and_printed_after_them() {
        let mut beside = planted("broken", "cargo no-such-command");
        beside.is_beside = true;
        let (code, shown) = run(&[beside, planted("sound", "cargo --version")]);
        assert_eq!(code, ExitCode::from(1));
        let [sound, broken] = ["stage  sound", "stage  broken"].map(|name| shown.find(name));
        assert!(sound < broken && sound.is_some(), "{shown}");
        assert!(shown.contains("    failed  broken"), "{shown}");
    }

    #[test]
    fn a_failing_stage_is_named_ends_in_1_and_does_not_stop_the_others() {
        let (code, shown) = run(&[
            planted("broken", "cargo no-such-command"),
            planted("sound", "cargo --version"),
        ]);
        assert_eq!(code, ExitCode::from(1));
        let (_, summary) = shown.split_once("Summary").unwrap();
        assert!(summary.contains("    failed  broken"), "{summary}");
        assert!(summary.contains("        ok  sound"), "{summary}");
        assert!(summary.ends_with("\n0 passed, 1 failed\n"), "{summary}");
    }

    #[test]
    fn stages_that_pass_end_in_0() {
        let (code, shown) = run(&[planted("sound", "cargo --version")]);
        assert_eq!(code, ExitCode::SUCCESS);
        assert!(shown.ends_with("\n0 passed, 0 failed\n"), "{shown}");
    }

    #[test]
    fn the_list_shows_the_commands_without_running_them() {
        let mut out = Vec::new();
        list(&mut out, &[planted("broken", "cargo no-such-command")]).unwrap();
        let expected = "broken      a claim\n            $ cargo no-such-command\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
