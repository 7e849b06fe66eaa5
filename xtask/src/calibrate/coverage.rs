//! How often the confidence intervals of times contain the true value, measured by repeating whole
//! reports.
//!
//! ```text
//!  same binary            build once ─▶ R reports, each with another seed ─────────┐
//!  one processor busy     build once ─▶ R reports ─────────────────────────────────┼▶ coverage
//!  other builds           R builds that differ by unrelated functions ─▶ R reports ┘
//! ```

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use cargo_heapmark::event::Silent;
use cargo_heapmark::runner::{self, Binary, Environment, Suite as _, Target, Workspace};
use heapmark_model::analysis::{COVERAGE_AIM, coverage};
use heapmark_model::format::plural;
use heapmark_model::launch::Launcher;
use heapmark_model::record::{Coverage, Time, TimeSettings};

use super::busy::Busy;
use super::verdicts::UNRELATED;
use super::{Arguments, Found, say};

/// Repeats reports in every condition. The aim is missed if the coverage of a condition is too low.
pub(super) fn measure(
    arguments: &Arguments,
    workspace: &Workspace,
    target: &Target,
    environment: &Environment,
) -> anyhow::Result<Found> {
    if arguments.effort.counts_only {
        bail!("--coverage measures times, so it cannot run with --counts-only; omit that flag");
    }
    let calibrator = Calibrator {
        arguments,
        workspace,
        target,
        triple: environment.toolchain.target.clone(),
        state: environment.machine_state,
    };
    let all = arguments.reports;
    let mut found = Found::default();
    for (builds, busy) in [(1, 0), (1, 1), (all, 0)] {
        let (line, last) = calibrator.condition(builds, busy)?;
        say(&sentence(&line))?;
        found.coverage.push(line);
        found.time = Some(last);
    }
    found.is_missed = found.coverage.iter().any(|line| share(line) < COVERAGE_AIM);
    Ok(found)
}

struct Calibrator<'a> {
    arguments: &'a Arguments,
    workspace: &'a Workspace,
    target: &'a Target,
    triple: String,
    state: fn() -> heapmark_model::record::MachineState,
}

impl Calibrator<'_> {
    /// Repeats reports with this number of builds, while this number of processors is busy.
    fn condition(&self, builds: u32, busy: u32) -> anyhow::Result<(Coverage, TimeSettings)> {
        let reports = self.arguments.reports;
        let mut times: Vec<BTreeMap<String, Time>> = Vec::new();
        let mut last = None;
        for report in 0..reports {
            // Build 0 has no unrelated functions.
            let build = report % builds;
            let started = Instant::now();
            let (time, settings) = self.report(build, busy)?;
            say(&format!(
                "    Report  {} of {reports}, {}, {} busy: {:.0} s",
                report + 1,
                if builds > 1 {
                    "its own build"
                } else {
                    "same binary"
                },
                plural(busy as usize, "processor"),
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
        Ok((
            line,
            last.context("no report was made; --reports must be at least 2")?,
        ))
    }

    fn report(
        &self,
        build: u32,
        busy: u32,
    ) -> anyhow::Result<(BTreeMap<String, Time>, TimeSettings)> {
        static NEVER: AtomicBool = AtomicBool::new(false);
        let number = build.to_string();
        let variables = [(UNRELATED, number.as_str())];
        let built =
            runner::build_to_shuffle(self.workspace, self.target, &self.triple, &variables)?;
        let launcher = Launcher::new(built.binary.clone(), Duration::from_secs(60), &NEVER);
        let mut suite = Binary::new(built, &self.workspace.target, launcher);
        let cases = suite.list()?.cases;
        let plan = self
            .arguments
            .effort
            .plan()
            .context("--counts-only leaves no times to measure")?;
        let _busy = Busy::on(busy);
        let state = (self.state)();
        let timed = runner::time(&mut suite, &cases, &plan, state, &mut Silent)?;
        if let Some(failure) = timed.failures.first() {
            bail!("{}: {}", failure.id, failure.reason);
        }
        Ok((timed.times, timed.settings))
    }
}

fn share(line: &Coverage) -> f64 {
    f64::from(line.covered) / f64::from(line.intervals.max(1))
}

fn sentence(line: &Coverage) -> String {
    format!(
        "  Coverage  {:.1} % of {}, half width {:.2} % · {}, {}, {} busy",
        share(line) * 100.0,
        plural(line.intervals as usize, "interval"),
        f64::from(line.half_width_millionths) / 10_000.0,
        plural(line.reports as usize, "report"),
        plural(line.builds as usize, "build"),
        plural(line.busy_processors as usize, "processor")
    )
}
