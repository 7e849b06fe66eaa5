//! Has callgrind count the instructions of a routine: one warm-up call, then repetitions, each
//! of which callgrind writes to a file of its own. The parent reads the files; no number passes
//! through here.
//!
//! ```text
//!  Setup          Start            Returned        Dropped
//!    │ input is made │ zero, on ── routine ── drop ── off │ dump
//! ```
//!
//! The marks cost instructions themselves. So a routine that does nothing is counted in the same
//! process beside the case, for the parent to subtract.

use std::ffi::CStr;
use std::hint::black_box;
use std::time::Duration;

use super::callgrind;
use crate::alloc;
use crate::bencher::{Instrument, Mark, Probe, Routine};

/// The label of what the marks themselves cost; the parent reads it in callgrind's files.
const MARKS: &CStr = c"heapmark: marks";
/// The label of a repetition of the case.
const REPETITION: &CStr = c"heapmark: repetition";

/// Lets callgrind count each repetition of a routine.
#[derive(Debug)]
pub struct Instructions {
    repetitions: u32,
    threads: fn() -> Option<usize>,
    dumped: u32,
    alone: bool,
}

impl Instructions {
    /// Counts `repetitions` iterations, after one that is not counted. `threads` tells how many
    /// threads there are; callgrind counts the one that runs the routine.
    pub fn new(repetitions: u32, threads: fn() -> Option<usize>) -> Self {
        Self {
            repetitions,
            threads,
            dumped: 0,
            alone: true,
        }
    }

    /// How many repetitions were written down.
    pub fn dumped(&self) -> u32 {
        self.dumped
    }

    /// Whether no other thread was there before or after any repetition.
    pub fn alone(&self) -> bool {
        self.alone
    }

    fn look_around(&mut self) {
        self.alone &= (self.threads)() == Some(1);
    }
}

impl Instrument for Instructions {
    /// # Panics
    ///
    /// Where somebody counts allocations at the same time: the counters would be counted too.
    fn measure(&mut self, routine: &mut dyn Routine) {
        assert!(alloc::is_closed(), "the counters were on");
        let mut nothing = Nothing;
        let nothing: &mut dyn Routine = black_box(&mut nothing);
        nothing.observe(&mut Collector);
        nothing.observe(&mut Collector);
        callgrind::dump(MARKS);

        routine.observe(&mut Collector);
        for _ in 0..self.repetitions {
            self.look_around();
            routine.observe(&mut Collector);
            callgrind::dump(REPETITION);
            self.dumped += 1;
        }
        self.look_around();
    }
}

/// Collects from the start of the routine until its result is dropped.
struct Collector;

impl Probe for Collector {
    fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Setup | Mark::Returned => {}
            Mark::Start => {
                callgrind::zero();
                callgrind::toggle();
            }
            Mark::Dropped => callgrind::toggle(),
        }
    }
}

/// The routine that shows what the marks cost.
struct Nothing;

impl Routine for Nothing {
    fn batch(&mut self, _: u64) -> Duration {
        Duration::ZERO
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        probe.mark(Mark::Setup);
        probe.mark(Mark::Start);
        black_box(());
        probe.mark(Mark::Returned);
        probe.mark(Mark::Dropped);
    }
}
