//! The time of a case over the runs of its series: a median with its interval.

use std::sync::Arc;

use serde::Serialize;

use super::axis::{Axis, Tick};
use super::history::{Mark, run_ticks};
use super::snapshot::{MeasuredCase, Snapshot};
use super::timing;
use heapmark_model::format;
use heapmark_model::history::Columns;

/// The time of a case over the runs of a series; each run has the same width.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeChart {
    /// The time now with its interval, as displayed.
    pub now: String,
    /// The chart in a sentence, for screen readers.
    pub label: String,
    /// The value axis, in picoseconds.
    pub axis: Axis,
    /// Runs in the series; the x axis ends here.
    pub runs: usize,
    /// Labelled runs of the x axis: the first and the last.
    pub run_ticks: Vec<Tick>,
    /// Contains the times in order of the runs.
    #[serde(skip)]
    pub columns: Arc<Columns>,
    /// The runs before which the compiler or a dependency changed.
    #[serde(skip)]
    pub marks: Vec<usize>,
}

impl TimeChart {
    /// The chart of `case`; `None` if it was never timed.
    pub(super) fn new(
        case: &MeasuredCase<'_>,
        snapshot: &Snapshot<'_>,
        marks: &[Mark],
    ) -> Option<Self> {
        let times = &case.columns.times;
        let (first, last) = (times.first()?, times.last()?);
        let runs = &snapshot.series.runs;
        let ends = times.iter().flat_map(|time| [time.low(), time.high()]);
        Some(Self {
            now: timing::within(last.median, last.low(), last.high()),
            label: format!(
                "time over {}: from {} to {}, with 95 % intervals.",
                format::plural(runs.len(), "run"),
                format::duration(first.median),
                timing::within(last.median, last.low(), last.high())
            ),
            axis: Axis::of_times(ends),
            runs: runs.len(),
            run_ticks: run_ticks(runs),
            columns: Arc::clone(&case.columns),
            marks: marks.iter().map(|mark| mark.run).collect(),
        })
    }
}
