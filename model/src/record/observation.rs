//! The counts of one repetition.

use super::{Metric, Timeline};
use crate::json::json_object;

/// The events of one part of an iteration, over all threads of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Allocated blocks.
    pub allocs: u64,
    /// Freed blocks.
    pub frees: u64,
    /// Reallocated blocks.
    pub reallocs: u64,
    /// Requested bytes: new blocks plus the growth of reallocated ones.
    pub bytes: u64,
}

/// What one repetition of one case did to the heap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// The events of the routine itself.
    pub routine: Counts,
    /// The events while its result and the rest of its input are dropped.
    pub drop: Counts,
    /// The highest live bytes above the start of the routine; unknown if other threads allocate.
    pub peak: Option<u64>,
    /// Live bytes at the end, above those before the input was made.
    pub retained: i64,
    /// Requests by size, smallest first: pairs of a power of two and the number of requests up to
    /// that many bytes. A realloc is a request for its new size.
    pub size_classes: Vec<(u64, u64)>,
    /// Live bytes over the events of the iteration; unknown if other threads allocate.
    pub timeline: Option<Timeline>,
    /// The number of events on threads other than the one that ran the routine.
    pub foreign_events: u64,
    /// Whether the control counter (stats_alloc) counted the same totals.
    pub control_agrees: bool,
}

impl Observation {
    /// The value of `metric`; `None` if this repetition does not know it.
    pub fn get(&self, metric: Metric) -> Option<i64> {
        let sum = |part: fn(&Counts) -> u64| Some(signed(part(&self.routine) + part(&self.drop)));
        match metric {
            Metric::Allocs => sum(|c| c.allocs),
            Metric::Frees => sum(|c| c.frees),
            Metric::Reallocs => sum(|c| c.reallocs),
            Metric::Bytes => sum(|c| c.bytes),
            Metric::Peak => self.peak.map(signed),
            Metric::Retained => Some(self.retained),
            Metric::DropAllocs => Some(signed(self.drop.allocs)),
            Metric::DropFrees => Some(signed(self.drop.frees)),
            Metric::DropReallocs => Some(signed(self.drop.reallocs)),
            Metric::DropBytes => Some(signed(self.drop.bytes)),
        }
    }
}

/// Converts a count to `i64`. It always fits: no address space holds 2⁶³ bytes.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

json_object!(Counts {
    allocs,
    frees,
    reallocs,
    bytes
});
json_object!(Observation {
    routine,
    drop,
    peak,
    retained,
    size_classes,
    timeline = "tape",
    foreign_events,
    control_agrees = "witness_agrees"
});
