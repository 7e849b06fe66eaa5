//! Counts what a routine does to the heap: one warm-up call, then repetitions.

use super::Observer;
use crate::alloc::{Meter, Reading, Totals};
use crate::bencher::{Instrument, Mark, Probe, Routine};
use heapmark_model::record::{Counts, Observation, Tape};

/// Events that a tape has room for; a longer iteration is counted whole, but its tape is cut.
/// Under Miri, where filling it takes seconds, it is short.
pub const TAPE_EVENTS: usize = if cfg!(miri) { 1 << 8 } else { 1 << 17 };

/// Observes each repetition of a routine; repeating is what tells exact from sampled.
#[derive(Debug)]
pub struct Count {
    repetitions: u32,
    observations: Vec<Observation>,
}

impl Count {
    /// Counts `repetitions` iterations, after one that is not counted. Observes nothing where
    /// the thread is being counted already, or is about to end.
    pub fn new(repetitions: u32) -> Self {
        Self {
            repetitions,
            observations: Vec::new(),
        }
    }
}

impl Instrument for Count {
    fn measure(&mut self, routine: &mut dyn Routine) {
        let Some(meter) = Meter::with_tape(TAPE_EVENTS) else {
            return;
        };
        let mut probe = Metered::new(meter);
        // The warm-up runs with the gate open as well: what a first event sets up is then done.
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

/// What a record keeps of an iteration, with the tape that `taped` holds.
pub(super) fn observation(reading: &Reading, taped: Option<&Meter>) -> Observation {
    let alone = reading.foreign_events == 0;
    Observation {
        routine: counts(&reading.routine),
        drop: counts(&reading.drop),
        peak: alone.then_some(reading.peak),
        retained: reading.retained,
        size_classes: size_classes(&reading.routine, &reading.drop),
        tape: taped.filter(|_| alone).map(|meter| tape(reading, meter)),
        foreign_events: reading.foreign_events,
        witness_agrees: reading.witness_agrees,
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

/// Non-empty classes by their upper bound in bytes.
fn size_classes(routine: &Totals, drop: &Totals) -> Vec<(u64, u64)> {
    let both = routine.classes.iter().zip(drop.classes);
    both.enumerate()
        .map(|(class, (routine, drop))| (1_u64.checked_shl(class as u32), routine + drop))
        .filter(|&(_, requests)| requests > 0)
        .map(|(bound, requests)| (bound.unwrap_or(u64::MAX), requests))
        .collect()
}

/// The tape as live bytes above those before the input was made.
fn tape(reading: &Reading, meter: &Meter) -> Tape {
    let mut live = reading.start;
    let levels = meter.tape().deltas().map(|delta| {
        live += delta;
        live
    });
    let levels = levels.collect();
    Tape::new(
        reading.start,
        reading.drop_at,
        meter.tape().events(),
        levels,
    )
}
