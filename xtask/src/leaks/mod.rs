//! Flags of `leaks` that only this repository has. They compare the leak detector with programs
//! that are known to leak or not to leak, and with other tools.
//!
//! For the first, the task builds tests/leak_corpus or tests/leak_crowd with optimisation and
//! passes the flags on. The library judges a program; those tests judge the detector.

mod compare_tools;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

/// Flags of `leaks` that only this repository has.
#[derive(clap::Args)]
#[group(id = "detector", multiple = false, conflicts_with_all = ["filter", "format"])]
pub struct Arguments {
    /// Run every program of the detector's test corpus once; print verdict, truth, steps and time,
    /// then precision and recall.
    #[arg(long)]
    corpus: bool,
    /// Run every program of the corpus with random parameters from each of the seeds 1 to N; print
    /// wrong verdicts.
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// Run every program of the corpus together with a random clean one, N times; print wrong
    /// verdicts.
    #[arg(long, value_name = "N")]
    pairs: Option<u64>,
    /// Run every program of the corpus N times; print verdicts that differ.
    #[arg(long, value_name = "N")]
    repeat: Option<u64>,
    /// Run N rounds and count the right verdicts. A round has 20 clean detections and 2 leaks next
    /// to a rayon pool, a tokio runtime and other tests, and 4 detections next to idle pools.
    #[arg(long, value_name = "N")]
    crowd: Option<u64>,
    /// Measure how long a steady case takes, and what counting costs.
    #[arg(long)]
    speed: bool,
    /// Run memcheck and LeakSanitizer on the suite's leak patterns and store a record.
    #[arg(long)]
    compare_tools: bool,
}

impl Arguments {
    /// Whether one of these flags is given.
    pub fn are_given(&self) -> bool {
        self.corpus
            || self.seeds.is_some()
            || self.pairs.is_some()
            || self.repeat.is_some()
            || self.crowd.is_some()
            || self.speed
            || self.compare_tools
    }
}

/// Runs the task. Exits with 1 if a verdict is wrong or differs, or if a limit is broken.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.compare_tools {
        return compare_tools::run().map(|()| ExitCode::SUCCESS);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask has no parent folder")?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(root)
        .args(["test", "--quiet", "--release", "--package", "heapmark"]);
    if let Some(rounds) = arguments.crowd {
        command
            .args(["--test", "leak_crowd", "--", "--nocapture"])
            .env("HEAPMARK_CROWD_ROUNDS", rounds.to_string());
        return end_of(&mut command);
    }
    command.args(["--test", "leak_corpus", "--"]);
    let counted = [
        ("--seeds", arguments.seeds),
        ("--pairs", arguments.pairs),
        ("--repeat", arguments.repeat),
    ];
    for (flag, count) in counted {
        if let Some(count) = count {
            command.args([flag, &count.to_string()]);
        }
    }
    if arguments.speed {
        command.arg("--speed");
    }
    end_of(&mut command)
}

fn end_of(command: &mut Command) -> anyhow::Result<ExitCode> {
    match command.status().context("cannot run `cargo test`")?.code() {
        Some(0) => Ok(ExitCode::SUCCESS),
        Some(_) => Ok(ExitCode::FAILURE),
        None => bail!("`cargo test` was killed by a signal"),
    }
}
