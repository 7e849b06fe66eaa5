//! The numbers of a case over the runs of its series, as step lines that are never smoothed.
//!
//! All charts of a page share one x axis, on which each run has the same width. The data of the
//! charts is not in the model of the page but in `data/….js`, see `lazy`. Only these files grow
//! with the history.

use serde::Serialize;

use super::axis::{Axis, Tick};
use super::cell;
use super::headline;
use super::snapshot::{self, MeasuredCase, Snapshot};
use super::source::dated_commit;
use heapmark_model::format;
use heapmark_model::history::{Head, Step};
use heapmark_model::record::{Metric, Unit};

/// How many of the latest changes get a dot.
const MAX_DOTS: usize = 3;

/// How many of the latest marks are listed below the charts; all of them are drawn.
const MAX_MARKS: usize = 4;

/// One metric over the runs of a series; each run has the same width.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepChart {
    /// The metric's key.
    pub metric: &'static str,
    /// The metric's name.
    pub title: &'static str,
    /// The metric now, as displayed.
    pub now: String,
    /// The chart in a sentence, for screen readers.
    pub label: String,
    /// The value axis.
    pub axis: Axis,
    /// Runs in the series; the x axis ends here.
    pub runs: usize,
    /// Labelled runs of the x axis: the first and the last.
    pub run_ticks: Vec<Tick>,
    /// The number of stretches of equal values.
    pub stretches: usize,
    /// The stretches in order of the runs. Runs outside of all stretches have no value.
    #[serde(skip)]
    pub steps: Vec<Step>,
    /// The latest changes.
    pub dots: Vec<Dot>,
    /// The runs before which the compiler or a dependency changed.
    #[serde(skip)]
    pub marks: Vec<usize>,
}

/// The run at which a value changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dot {
    /// Which run of the series, counted from zero.
    pub run: usize,
    /// The value from here on.
    pub value: i64,
    /// Whether it is exact.
    pub exact: bool,
    /// The value in full with the run's commit and day.
    pub title: String,
}

/// A run at which counts may have changed for a reason other than the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Which run of the series, counted from zero.
    pub run: usize,
    /// Its commit and day.
    pub at: String,
    /// What changed with it.
    pub what: String,
}

/// The runs of the series at which compiler, dependencies or target changed.
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

/// The marks that a page lists.
pub(super) fn latest(marks: &[Mark]) -> Vec<Mark> {
    marks[marks.len().saturating_sub(MAX_MARKS)..].to_vec()
}

/// The histories of a case: instructions, and every metric that was ever known and is not always
/// zero.
pub(super) fn charts(
    case: &MeasuredCase<'_>,
    snapshot: &Snapshot<'_>,
    marks: &[Mark],
) -> Vec<StepChart> {
    let metrics = Metric::ALL.into_iter().filter_map(|metric| {
        // Frees usually equal allocs in every run.
        let is_mirror = |other: Metric| case.columns.steps(metric) == case.columns.steps(other);
        if matches!(metric, Metric::Frees) && is_mirror(Metric::Allocs) {
            return None;
        }
        let chart = chart(&Line::new(case, metric), snapshot, marks)?;
        let always_nothing = chart.steps.iter().all(|step| step.value == 0 && step.exact);
        (metric == Metric::Allocs || !always_nothing).then_some(chart)
    });
    let instructions = Line {
        key: "instructions",
        title: "Instructions",
        unit: Unit::Count,
        steps: &case.columns.instructions,
    };
    metrics
        .chain(chart(&instructions, snapshot, marks))
        .collect()
}

/// The bytes of a case for a cell of a table; `None` if there is only one run.
pub(super) fn trend(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>) -> Option<StepChart> {
    let has_history = snapshot.series.runs.len() > 1;
    has_history.then(|| chart(&Line::new(case, Metric::Bytes), snapshot, &[]))?
}

/// The data of one chart.
struct Line<'a> {
    key: &'static str,
    title: &'static str,
    unit: Unit,
    steps: &'a [Step],
}

impl<'a> Line<'a> {
    fn new(case: &'a MeasuredCase<'_>, metric: Metric) -> Self {
        Self {
            key: metric.key(),
            title: cell::heading(metric),
            unit: metric.unit(),
            steps: case.columns.steps(metric),
        }
    }

    fn number(&self, value: i64) -> String {
        match self.unit {
            Unit::Count => format::count(value),
            Unit::Bytes => format::bytes(value),
        }
    }

    fn in_full(&self, value: i64) -> String {
        match self.unit {
            Unit::Count => format::count(value),
            Unit::Bytes => format::bytes_exact(value),
        }
    }
}

fn chart(line: &Line<'_>, snapshot: &Snapshot<'_>, marks: &[Mark]) -> Option<StepChart> {
    let runs = &snapshot.series.runs;
    let last = line.steps.last()?;
    Some(StepChart {
        metric: line.key,
        title: line.title,
        now: line.number(last.value),
        label: label(line, runs.len()),
        axis: Axis::around(line.steps.iter().map(|step| step.value), line.unit),
        runs: runs.len(),
        run_ticks: run_ticks(runs),
        stretches: line.steps.len(),
        steps: line.steps.to_vec(),
        dots: dots(line, runs),
        marks: marks.iter().map(|mark| mark.run).collect(),
    })
}

fn dots(line: &Line<'_>, runs: &[&Head]) -> Vec<Dot> {
    let hidden = line.steps.len().saturating_sub(MAX_DOTS);
    let dots = line.steps[hidden..].iter().map(|step| {
        let how = if step.exact { "exact" } else { "varies" };
        Dot {
            run: step.from as usize,
            value: step.value,
            exact: step.exact,
            title: format!(
                "{}, {how}, since {}",
                line.in_full(step.value),
                dated_commit(&runs[step.from as usize].commit)
            ),
        }
    });
    dots.collect()
}

fn label(line: &Line<'_>, runs: usize) -> String {
    let name = line.title.to_lowercase();
    let over = format::plural(runs, "run");
    let number = |step: &Step| line.number(step.value);
    let (Some(first), Some(last)) = (line.steps.first(), line.steps.last()) else {
        return format!("No {name} in {over}.");
    };
    let sampled = line.steps.iter().filter(|step| !step.exact);
    let sampled: u32 = sampled.map(|step| step.to - step.from).sum();
    let instability = match sampled {
        0 => String::new(),
        count => format!(
            " Repetitions vary in {}.",
            format::plural(count as usize, "run")
        ),
    };
    match line.steps.len() {
        1 => format!("{name} over {over}: always {}.{instability}", number(last)),
        many => format!(
            "{name} over {over}: from {} to {} in {}.{instability}",
            number(first),
            number(last),
            format::plural(many - 1, "step")
        ),
    }
}

pub(super) fn run_ticks(runs: &[&Head]) -> Vec<Tick> {
    // Two labels share the width of a phone, so each has only hash and day.
    let tick = |index: usize| {
        let commit = &runs[index].commit;
        let sha = format::abbreviated(&commit.sha);
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

/// Whether any value of the case varied in any run of the series.
pub(super) fn ever_sampled(charts: &[StepChart]) -> bool {
    let mut steps = charts.iter().flat_map(|chart| &chart.steps);
    steps.any(|step| !step.exact)
}
