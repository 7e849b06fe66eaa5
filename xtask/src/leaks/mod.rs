//! What `leaks` does beyond the command of everybody: asks other tools about the same patterns, and
//! holds the leak detector against programs whose truth is known. For that it builds
//! tests/leak_corpus or tests/leak_crowd with optimisation and passes the question on to it. The
//! judgement of a program is the library's, the one of the detector is that test's own.

mod compare_tools;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

/// Flags of the task.
#[derive(clap::Args)]
#[group(id = "detector", multiple = false, conflicts_with_all = ["filter", "format"])]
pub struct Arguments {
    /// Every program once: verdict, truth, steps and time, then precision and recall.
    #[arg(long)]
    corpus: bool,
    /// Every program with parameters drawn from seeds 1 to N; prints what is wrong.
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// Every program beside a clean one that is drawn, N times; prints what is wrong.
    #[arg(long, value_name = "N")]
    pairs: Option<u64>,
    /// Every program N times; prints what differs.
    #[arg(long, value_name = "N")]
    repeat: Option<u64>,
    /// Clean programs and leaks beside a rayon pool, a tokio runtime and other tests, N rounds of 20
    /// clean detections, 2 leaks and 4 detections beside idle pools; counts what is right.
    #[arg(long, value_name = "N")]
    crowd: Option<u64>,
    /// How long a plain steady case takes, and what counting costs.
    #[arg(long)]
    speed: bool,
    /// What memcheck and LeakSanitizer say of the suite's leak patterns; records it.
    #[arg(long)]
    compare_tools: bool,
}

impl Arguments {
    /// Whether the detector is asked for, and not the suite.
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

/// Runs the task. Exits with 1 when a verdict is wrong, differs, or a limit is broken.
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
    match command.status().context("starting cargo")?.code() {
        Some(0) => Ok(ExitCode::SUCCESS),
        Some(_) => Ok(ExitCode::FAILURE),
        None => bail!("the test was ended by a signal"),
    }
}
