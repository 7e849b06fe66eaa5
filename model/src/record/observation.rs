use super::{Metric, Tape};
use crate::json::json_object;

/// Events of one part of an iteration, over all threads of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Blocks asked for and granted.
    pub allocs: u64,
    /// Blocks given back.
    pub frees: u64,
    /// Blocks resized.
    pub reallocs: u64,
    /// Requested bytes: new blocks plus the growth of resized ones.
    pub bytes: u64,
}

/// What one repetition of one case did to the heap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// The routine itself.
    pub routine: Counts,
    /// Dropping its result, and what is left of its input.
    pub drop: Counts,
    /// Highest live bytes above the start of the routine; unknown where other threads allocate.
    pub peak: Option<u64>,
    /// Live bytes at the end above those before the input was made.
    pub retained: i64,
    /// Requests by size, as pairs of the power of two at or above the requested size in bytes and
    /// the number of requests, smallest first. A realloc is a request for its new size.
    pub size_classes: Vec<(u64, u64)>,
    /// Live bytes over the events of the iteration; unknown where other threads allocate.
    pub tape: Option<Tape>,
    /// Events that happened on other threads than the one that ran the routine.
    pub foreign_events: u64,
    /// Whether stats_alloc, an independent counter, saw the same totals.
    pub witness_agrees: bool,
}

impl Observation {
    /// The value of `metric`, `None` where this repetition could not tell.
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

/// Counts fit an `i64`: 2⁶³ bytes are more than any address space holds.
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
    tape,
    foreign_events,
    witness_agrees
});
