//! How a metric of a case went over the runs of its series: step lines, never smoothed.

use serde::Serialize;

use super::axis::{Axis, Tick};
use super::cell;
use super::headline;
use super::snapshot::{self, Case, Snapshot};
use super::source::dated_commit;
use crate::format;
use crate::history::{self, Head};
use crate::record::Metric;

/// One metric over the runs of a series; each run has the same width.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepChart {
    /// The metric's key.
    pub metric: &'static str,
    /// The metric's name.
    pub title: &'static str,
    /// The metric now, for a person.
    pub now: String,
    /// The chart in a sentence, for those who do not see it.
    pub label: String,
    /// The value axis.
    pub axis: Axis,
    /// Runs in the series; the x axis ends here.
    pub runs: usize,
    /// Labelled runs of the x axis: the first and the last.
    pub run_ticks: Vec<Tick>,
    /// Stretches of equal values, in order of the runs. Runs in no stretch have no value.
    pub steps: Vec<Step>,
    /// The runs before which the compiler or a dependency changed.
    pub marks: Vec<usize>,
}

/// Runs in a row with the same value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The first run.
    pub from: usize,
    /// The run after the last.
    pub to: usize,
    /// The value of them all.
    pub value: i64,
    /// Whether it is exact; a sampled stretch is drawn apart.
    pub exact: bool,
    /// The value in full with the first run's commit and day.
    pub title: String,
}

/// A run at which counts may have moved for a reason outside of the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Which run of the series, counted from zero.
    pub run: usize,
    /// Its commit and day.
    pub at: String,
    /// What changed with it.
    pub what: String,
}

/// The runs of the series at which compiler, lock file or target changed.
pub(super) fn marks(snapshot: &Snapshot<'_>) -> Vec<Mark> {
    let runs = snapshot.series.runs.windows(2).enumerate();
    let marks = runs.filter_map(|(index, pair)| {
        let (before, after) = (pair[0], pair[1]);
        let obstacles = snapshot::obstacles(before, after);
        let what: Vec<String> = obstacles.iter().map(headline::obstacle).collect();
        (!what.is_empty()).then(|| Mark {
            run: index + 1,
            at: dated_commit(&after.commit),
            what: what.join("; "),
        })
    });
    marks.collect()
}

/// The histories of a case: every metric that was ever known and that is not zero throughout.
pub(super) fn charts(case: &Case<'_>, snapshot: &Snapshot<'_>, marks: &[Mark]) -> Vec<StepChart> {
    let charts = Metric::ALL.into_iter().filter_map(|metric| {
        let chart = chart(case, metric, snapshot, marks)?;
        let always_nothing = chart.steps.iter().all(|step| step.value == 0 && step.exact);
        (metric == Metric::Allocs || !always_nothing).then_some(chart)
    });
    charts.collect()
}

/// The bytes of a case for a cell of a table; `None` where there is only one run.
pub(super) fn trend(case: &Case<'_>, snapshot: &Snapshot<'_>) -> Option<StepChart> {
    let has_history = snapshot.series.runs.len() > 1;
    has_history.then(|| chart(case, Metric::Bytes, snapshot, &[]))?
}

fn chart(
    case: &Case<'_>,
    metric: Metric,
    snapshot: &Snapshot<'_>,
    marks: &[Mark],
) -> Option<StepChart> {
    let runs = &snapshot.series.runs;
    let steps = steps(case, metric, runs);
    let last = steps.last()?;
    Some(StepChart {
        metric: metric.key(),
        title: cell::heading(metric),
        now: cell::number(metric, last.value),
        label: label(metric, &steps, runs.len()),
        axis: Axis::around(steps.iter().map(|step| step.value), metric.unit()),
        runs: runs.len(),
        run_ticks: run_ticks(runs),
        marks: marks.iter().map(|mark| mark.run).collect(),
        steps,
    })
}

fn steps(case: &Case<'_>, metric: Metric, runs: &[&Head]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for &history::Step {
        from,
        to,
        value,
        exact,
        ..
    } in case.columns.steps(metric)
    {
        let (from, to) = (from as usize, to as usize);
        if let Some(last) = steps.last_mut()
            && (last.to, last.value, last.exact) == (from, value, exact)
        {
            last.to = to;
            continue;
        }
        let how = if exact { "exact" } else { "sampled" };
        steps.push(Step {
            from,
            to,
            value,
            exact,
            title: format!(
                "{}, {how}, since {}",
                cell::in_full(metric, value),
                dated_commit(&runs[from].commit)
            ),
        });
    }
    steps
}

fn label(metric: Metric, steps: &[Step], runs: usize) -> String {
    let name = cell::heading(metric).to_lowercase();
    let over = format::plural(runs, "run");
    let number = |step: &Step| cell::number(metric, step.value);
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return format!("No {name} in {over}.");
    };
    let sampled: usize = steps
        .iter()
        .filter(|s| !s.exact)
        .map(|s| s.to - s.from)
        .sum();
    let doubt = match sampled {
        0 => String::new(),
        count => format!(" {} sampled.", format::plural(count, "run")),
    };
    match steps.len() {
        1 => format!("{name} over {over}: {} throughout.{doubt}", number(last)),
        many => format!(
            "{name} over {over}: from {} to {} in {}.{doubt}",
            number(first),
            number(last),
            format::plural(many - 1, "step")
        ),
    }
}

fn run_ticks(runs: &[&Head]) -> Vec<Tick> {
    // Two labels share the width of a phone: the hash and the day, and nothing else.
    let tick = |index: usize| {
        let commit = &runs[index].commit;
        let sha: String = commit.sha.chars().take(7).collect();
        Tick {
            value: index as i64,
            label: format!("{sha} · {}", format::day(&commit.committed_at)),
        }
    };
    match runs.len() {
        0 => Vec::new(),
        1 => vec![tick(0)],
        many => vec![tick(0), tick(many - 1)],
    }
}

/// Whether any value of the case was sampled, in any run of the series.
pub(super) fn ever_sampled(charts: &[StepChart]) -> bool {
    let mut steps = charts.iter().flat_map(|chart| &chart.steps);
    steps.any(|step| !step.exact)
}
