//! Tapes side by side: live bytes over one iteration, small, on the scale of their neighbours.

use serde::Serialize;

use super::chart::TapeChart;
use super::snapshot::{Case, Presence};
use heapmark_model::format;

/// The tape of a case in a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Thumbnail {
    /// The drawing in a sentence, for those who do not see it.
    pub label: String,
    /// Live bytes before the first event.
    pub start: i64,
    /// Events of the iteration: where it ends at the right.
    pub events: u64,
    /// Live bytes at the top: the most of all that stand beside it.
    pub high: i64,
    /// Event number and live bytes after it.
    pub points: Vec<(u64, i64)>,
}

/// The tapes of `cases`; where they are `comparable`, those of one size on the scale of the
/// highest.
pub(super) fn thumbnails(cases: &[&Case<'_>], comparable: bool) -> Vec<Option<Thumbnail>> {
    let charts: Vec<Option<TapeChart>> = cases.iter().map(|case| chart(case)).collect();
    let size = |case: &Case<'_>| case.entry.case.parameter;
    let most = |of: Option<u64>| {
        let beside = cases
            .iter()
            .zip(&charts)
            .filter(|(case, _)| size(case) == of);
        beside
            .filter_map(|(_, chart)| chart.as_ref().map(highest))
            .max()
    };
    let thumbnail = |(case, chart): (&&Case<'_>, &Option<TapeChart>)| {
        let chart = chart.clone()?;
        let own = highest(&chart);
        let high = most(size(case)).filter(|_| comparable).unwrap_or(own);
        let scale = match own < high {
            true => format!(" Drawn on a scale up to {}.", format::bytes(high)),
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

fn chart(case: &Case<'_>) -> Option<TapeChart> {
    let hash = case
        .entry
        .tape
        .as_ref()
        .filter(|_| case.presence == Presence::Counted)?;
    TapeChart::new(case.run.tapes.get(hash)?)
}

fn highest(chart: &TapeChart) -> i64 {
    let levels = chart.points.iter().map(|(_, live)| *live);
    levels.chain([chart.start]).max().unwrap_or(0)
}
