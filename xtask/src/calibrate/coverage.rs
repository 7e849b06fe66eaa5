//! How often the intervals of times hold what they should, over repeated reports.
//!
//! ```text
//!  condition              build once ─▶ R reports, each with a seed of its own ─┐
//!  one processor busy     build once ─▶ R reports ──────────────────────────────┼▶ coverage
//!  other builds           R builds that differ by unrelated functions ─▶ R reports ┘
//! ```

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use cargo_heapmark::event::Silent;
use cargo_heapmark::runner::{self, Binary, Environment, Suite as _, Target, Workspace};
use heapmark_model::analysis::{COVERAGE_AIM, coverage};
use heapmark_model::launch::Launcher;
use heapmark_model::record::{Coverage, Time, TimeSettings};

use super::busy::Busy;
use super::verdicts::UNRELATED;
use super::{Arguments, Found, say};

/// Repeats reports in every condition; an aim is missed where one of them covers too little.
pub(super) fn measure(
    arguments: &Arguments,
    workspace: &Workspace,
    target: &Target,
    environment: &Environment,
) -> anyhow::Result<Found> {
    if arguments.effort.counts_only {
        bail!("there is nothing to calibrate without times; leave out --counts-only");
    }
    let study = Study {
        arguments,
        workspace,
        target,
        triple: environment.toolchain.target.clone(),
        state: environment.machine_state,
    };
    let all = arguments.reports;
    let mut found = Found::default();
    for (builds, busy) in [(1, 0), (1, 1), (all, 0)] {
        let (line, last) = study.condition(builds, busy)?;
        say(&sentence(&line))?;
        found.coverage.push(line);
        found.time = Some(last);
    }
    found.is_missed = found.coverage.iter().any(|line| share(line) < COVERAGE_AIM);
    Ok(found)
}

struct Study<'a> {
    arguments: &'a Arguments,
    workspace: &'a Workspace,
    target: &'a Target,
    triple: String,
    state: fn() -> heapmark_model::record::MachineState,
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
