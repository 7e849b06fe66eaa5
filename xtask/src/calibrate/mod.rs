//! Finds out how far the numbers of heapmark can be trusted, by repeating whole reports.
//!
//! ```text
//!  condition              build once ─▶ R reports, each with a seed of its own ─┐
//!  one processor busy     build once ─▶ R reports ──────────────────────────────┼▶ coverage
//!  other builds           R builds that differ by unrelated functions ─▶ R reports ┘
//! ```
//!
//! It times as `report` does and stores what it finds below results/calibration, where the site
//! finds it. It judges intervals, never code.

mod busy;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use heapmark::analysis::{COVERAGE_AIM, coverage};
use heapmark::cli::Effort;
use heapmark::event::Silent;
use heapmark::launch::Launcher;
use heapmark::record::{Calibration, Coverage, SCHEMA, Suite, Time, TimeSettings};
use heapmark::runner::{self, Binary, Environment, Suite as _, Target, Workspace};
use heapmark::store::Store;

use busy::Busy;

/// Flags of the task.
#[derive(clap::Args)]
pub struct Arguments {
    /// See how often the 95 % intervals of times hold the median of all launches.
    #[arg(long, required = true)]
    coverage: bool,
    /// Reports in each condition.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(2..=1_000))]
    reports: u32,
    /// Print the result and leave the store as it is.
    #[arg(long)]
    no_record: bool,
    /// How each report takes its times.
    #[command(flatten)]
    effort: Effort,
}

/// Runs the task; exits with 1 where a condition misses the aim.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.effort.counts_only {
        bail!("there is nothing to calibrate without times; leave out --counts-only");
    }
    let workspace = Workspace::find(&std::env::current_dir()?)?;
    let target = workspace.bench(Some("memory_benchmarks"), None)?;
    let results = workspace.root.join("results");
    let environment = Environment::read(&workspace.root, &target.package, &results, None)?;
    let study = Study {
        arguments,
        workspace: &workspace,
        target: &target,
        triple: environment.toolchain.target.clone(),
        state: environment.machine_state,
    };
    let all = arguments.reports;
    let conditions = [(1, 0), (1, 1), (all, 0)];
    let mut found = Vec::new();
    let mut settings = None;
    for (builds, busy) in conditions {
        let (line, last) = study.condition(builds, busy)?;
        say(&sentence(&line))?;
        found.push(line);
        settings = Some(last);
    }
    let calibration = Calibration {
        schema: SCHEMA,
        heapmark: env!("CARGO_PKG_VERSION").to_owned(),
        commit: environment.commit.map_err(anyhow::Error::msg)?,
        measured_at: environment.now,
        machine: environment.machine,
        toolchain: environment.toolchain,
        suite: Suite {
            package: target.package.clone(),
            bench: target.bench.clone(),
            filter: None,
        },
        time: settings.context("no condition was measured")?,
        coverage: found,
    };
    if !arguments.no_record {
        let path = Store::open(results).save_calibration(&calibration)?;
        say(&format!("    Stored  {}", path.display()))?;
    }
    let missed = calibration
        .coverage
        .iter()
        .any(|line| share(line) < COVERAGE_AIM);
    Ok(ExitCode::from(u8::from(missed)))
}

struct Study<'a> {
    arguments: &'a Arguments,
    workspace: &'a Workspace,
    target: &'a Target,
    triple: String,
    state: fn() -> heapmark::record::MachineState,
}

impl Study<'_> {
    /// Reports over so many builds, beside so many busy processors.
    fn condition(&self, builds: u32, busy: u32) -> anyhow::Result<(Coverage, TimeSettings)> {
        let reports = self.arguments.reports;
        let mut times: Vec<BTreeMap<String, Time>> = Vec::new();
        let mut last = None;
        for report in 0..reports {
            // Number 0 is the usual build.
            let build = report % builds;
            let started = Instant::now();
            let (time, settings) = self.report(build, busy)?;
            say(&format!(
                "    Report  {} of {reports}, {}, {busy} busy: {:.0} s",
                report + 1,
                if builds > 1 {
                    "a build of its own"
                } else {
                    "same binary"
                },
                started.elapsed().as_secs_f64()
            ))?;
            times.push(time);
            last = Some(settings);
        }
        let found = coverage(&times);
        let line = Coverage {
            builds,
            busy_processors: busy,
            reports,
            intervals: found.intervals,
            covered: found.covered,
            half_width_millionths: found.half_width_millionths,
        };
        Ok((line, last.context("there was no report")?))
    }

    fn report(
        &self,
        build: u32,
        busy: u32,
    ) -> anyhow::Result<(BTreeMap<String, Time>, TimeSettings)> {
        static NEVER: AtomicBool = AtomicBool::new(false);
        let number = build.to_string();
        let variables = [("HEAPMARK_UNRELATED", number.as_str())];
        let built =
            runner::build_to_shuffle(self.workspace, self.target, &self.triple, &variables)?;
        let launcher = Launcher::new(built.binary.clone(), Duration::from_secs(60), &NEVER);
        let mut suite = Binary::new(built, &self.workspace.target, launcher);
        let cases = suite.list()?.cases;
        let plan = self
            .arguments
            .effort
            .plan()
            .context("there are times to take")?;
        let _busy = Busy::on(busy);
        let state = (self.state)();
        let timed = runner::time(&mut suite, &cases, &plan, state, &mut Silent)?;
        if let Some(failure) = timed.failures.first() {
            bail!("{} {}", failure.id, failure.reason);
        }
        Ok((timed.times, timed.settings))
    }
}

fn share(line: &Coverage) -> f64 {
    f64::from(line.covered) / f64::from(line.intervals.max(1))
}

fn sentence(line: &Coverage) -> String {
    format!(
        "  Coverage  {:.1} % of {} intervals, half width {:.2} % · {} reports, {} builds, {} busy",
        share(line) * 100.0,
        line.intervals,
        f64::from(line.half_width_millionths) / 10_000.0,
        line.reports,
        line.builds,
        line.busy_processors
    )
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{line}")
}
