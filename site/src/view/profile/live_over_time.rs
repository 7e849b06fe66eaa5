//! Live bytes over the time of a profile.

use serde::Serialize;

use crate::view::axis::{Axis, Tick};
use heapmark_model::format::{as_signed, bytes, count};
use heapmark_model::profile::Kept;
use heapmark_model::record::Unit;

/// Maximum number of sections; each shows its lowest and its highest moment.
const STRETCHES: usize = 300;

/// Live bytes over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveOverTime {
    /// The drawing in a sentence, for screen readers.
    pub label: String,
    /// The y axis, in bytes.
    pub axis: Axis,
    /// The end, in the profile's clock.
    pub end: u64,
    /// Time and live bytes; for many moments, the lowest and the highest of each section.
    pub points: Vec<(u64, i64)>,
    /// The ends of the rounds.
    pub marks: Vec<u64>,
    /// The start and the end.
    pub ticks: Vec<Tick>,
}

impl LiveOverTime {
    /// `None` if the tool reports no times, or only one.
    pub(super) fn new(kept: &Kept) -> Option<Self> {
        let moments = kept.profile.timeline.iter().filter_map(|moment| {
            let live = as_signed(moment.live.bytes?);
            Some((moment.at, live))
        });
        let mut moments: Vec<(u64, i64)> = moments.collect();
        moments.sort_by_key(|(at, _)| *at);
        let (&(first, _), &(end, last)) = (moments.first()?, moments.last()?);
        if first == end {
            return None;
        }
        let highest = moments.iter().map(|(_, live)| *live).max()?;
        let clock = kept.profile.clock.as_deref().unwrap_or("");
        let time = |at: u64| {
            let value = as_signed(at);
            let label = format!("{} {clock}", count(value)).trim_end().to_owned();
            Tick { value, label }
        };
        // The times of marks are in milliseconds.
        let marks = kept.marks.iter().filter(|at| clock == "ms" && **at <= end);
        Some(Self {
            label: format!(
                "Live bytes over {}: up to {}, {} at the end.",
                time(end).label,
                bytes(highest),
                bytes(last)
            ),
            axis: Axis::from_zero([highest], Unit::Bytes),
            end,
            points: thinned(&moments),
            marks: marks.copied().collect(),
            ticks: vec![time(0), time(end)],
        })
    }
}

fn thinned(moments: &[(u64, i64)]) -> Vec<(u64, i64)> {
    if moments.len() <= 2 * STRETCHES {
        return moments.to_vec();
    }
    let stretches = moments.chunks(moments.len().div_ceil(STRETCHES));
    let ends = stretches.flat_map(|stretch| {
        let lowest = stretch.iter().min_by_key(|(_, live)| *live).copied();
        let highest = stretch.iter().max_by_key(|(_, live)| *live).copied();
        let mut ends: Vec<_> = lowest.into_iter().chain(highest).collect();
        ends.sort_unstable();
        ends
    });
    ends.collect()
}
