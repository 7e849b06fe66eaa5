//! Small allocation timelines for a table, on a common scale.

use serde::Serialize;

use super::chart::TimelineChart;
use super::snapshot::{MeasuredCase, Presence};
use heapmark_model::format;

/// The timeline of a case in a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Thumbnail {
    /// The drawing in a sentence, for screen readers.
    pub label: String,
    /// Live bytes before the first event.
    pub start: i64,
    /// Events of the iteration: the right end of the drawing.
    pub events: u64,
    /// Live bytes at the top: the highest of the compared timelines.
    pub high: i64,
    /// Event number and live bytes after it.
    pub points: Vec<(u64, i64)>,
}

/// The timelines of `cases`. If they are `comparable`, those with the same parameter are on the
/// scale of the highest.
pub(super) fn thumbnails(cases: &[&MeasuredCase<'_>], comparable: bool) -> Vec<Option<Thumbnail>> {
    let charts: Vec<Option<TimelineChart>> = cases.iter().map(|case| chart(case)).collect();
    let size = |case: &MeasuredCase<'_>| case.entry.case.parameter;
    let most = |of: Option<u64>| {
        let beside = cases
            .iter()
            .zip(&charts)
            .filter(|(case, _)| size(case) == of);
        beside
            .filter_map(|(_, chart)| chart.as_ref().map(highest))
            .max()
    };
    let thumbnail = |(case, chart): (&&MeasuredCase<'_>, &Option<TimelineChart>)| {
        let chart = chart.clone()?;
        let own = highest(&chart);
        let high = most(size(case)).filter(|_| comparable).unwrap_or(own);
        let scale = match own < high {
            true => format!(" The scale reaches {}.", format::bytes(high)),
            false => String::new(),
        };
        Some(Thumbnail {
            label: chart.label + &scale,
            start: chart.start,
            events: chart.events,
            high,
            points: chart.points,
        })
    };
    cases.iter().zip(&charts).map(thumbnail).collect()
}

fn chart(case: &MeasuredCase<'_>) -> Option<TimelineChart> {
    let hash = case
        .entry
        .timeline
        .as_ref()
        .filter(|_| case.presence == Presence::Counted)?;
    TimelineChart::new(case.run.timelines.get(hash)?)
}

fn highest(chart: &TimelineChart) -> i64 {
    let levels = chart.points.iter().map(|(_, live)| *live);
    levels.chain([chart.start]).max().unwrap_or(0)
}
