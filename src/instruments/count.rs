//! Counts the allocations of a routine: one warm-up call, then repetitions.

use super::Observer;
use crate::alloc::{Meter, Reading, Totals};
use crate::bencher::{Instrument, Mark, Probe, Routine};
use heapmark_model::record::{Counts, Observation, Timeline};

/// Maximum number of events in an allocation timeline. The counts of a longer iteration are
/// complete, but its timeline is cut. Lower under Miri, which takes seconds to fill it.
pub const TIMELINE_EVENTS: usize = if cfg!(miri) { 1 << 8 } else { 1 << 17 };

/// Observes each repetition of a routine. The repetitions show whether counts are exact or vary.
#[derive(Debug)]
pub struct Count {
    repetitions: u32,
    observations: Vec<Observation>,
}

impl Count {
    /// Counts `repetitions` iterations, after a warm-up iteration that is not counted. There are no
    /// observations if the thread is already being counted or is about to end.
    pub fn new(repetitions: u32) -> Self {
        Self {
            repetitions,
            observations: Vec::new(),
        }
    }
}

impl Instrument for Count {
    fn measure(&mut self, routine: &mut dyn Routine) {
        let Some(meter) = Meter::with_timeline(TIMELINE_EVENTS) else {
            return;
        };
        let mut probe = Metered::new(meter);
        // The gate is open in the warm-up too, so that the set-up work of a first event is done.
        routine.observe(&mut probe);
        for _ in 0..self.repetitions {
            routine.observe(&mut probe);
            if let Some(reading) = probe.take() {
                let seen = observation(&reading, Some(&probe.meter));
                self.observations.push(seen);
            }
        }
    }
}

impl Observer for Count {
    fn take(&mut self) -> Vec<Observation> {
        std::mem::take(&mut self.observations)
    }

    fn as_instrument(&mut self) -> &mut dyn Instrument {
        self
    }
}

/// A meter that reads each iteration.
pub(super) struct Metered {
    meter: Meter,
    reading: Option<Reading>,
}

impl Metered {
    pub(super) fn new(meter: Meter) -> Self {
        Self {
            meter,
            reading: None,
        }
    }

    /// The last iteration; `None` if it was taken already.
    pub(super) fn take(&mut self) -> Option<Reading> {
        self.reading.take()
    }
}

impl Probe for Metered {
    fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Setup => self.meter.begin(),
            Mark::Start => self.meter.start(),
            Mark::Returned => self.meter.returned(),
            Mark::Dropped => self.reading = Some(self.meter.finish()),
        }
    }
}

/// The observation of an iteration as it is stored, with the timeline of `with_timeline`, if any.
pub(super) fn observation(reading: &Reading, with_timeline: Option<&Meter>) -> Observation {
    let alone = reading.foreign_events == 0;
    Observation {
        routine: counts(&reading.routine),
        drop: counts(&reading.drop),
        peak: alone.then_some(reading.peak),
        retained: reading.retained,
        size_classes: size_classes(&reading.routine, &reading.drop),
        timeline: with_timeline
            .filter(|_| alone)
            .map(|meter| timeline(reading, meter)),
        foreign_events: reading.foreign_events,
        control_agrees: reading.control_agrees,
    }
}

fn counts(totals: &Totals) -> Counts {
    Counts {
        allocs: totals.allocs,
        frees: totals.frees,
        reallocs: totals.reallocs,
        bytes: totals.bytes,
    }
}

/// The non-empty size classes: upper bound in bytes, and number of requests.
fn size_classes(routine: &Totals, drop: &Totals) -> Vec<(u64, u64)> {
    let both = routine.classes.iter().zip(drop.classes);
    both.enumerate()
        .map(|(class, (routine, drop))| (1_u64.checked_shl(class as u32), routine + drop))
        .filter(|&(_, requests)| requests > 0)
        .map(|(bound, requests)| (bound.unwrap_or(u64::MAX), requests))
        .collect()
}

/// The timeline as live bytes, relative to before the input was created.
fn timeline(reading: &Reading, meter: &Meter) -> Timeline {
    let mut live = reading.start;
    let levels = meter.timeline().deltas().map(|delta| {
        live += delta;
        live
    });
    let levels = levels.collect();
    Timeline::new(
        reading.start,
        reading.drop_at,
        meter.timeline().events(),
        levels,
    )
}
