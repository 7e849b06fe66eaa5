//! Counts the instructions of a routine with callgrind: one warm-up call, then repetitions.
//! callgrind writes each repetition to a separate file, which the parent process reads. No numbers
//! pass through this module.
//!
//! ```text
//!  Setup          Start            Returned        Dropped
//!    │ input is made │ zero, on ── routine ── drop ── off │ dump
//! ```
//!
//! The calls at these marks cost instructions themselves. So an empty routine is counted in the
//! same process, and the parent subtracts its instructions.

use std::ffi::CStr;
use std::hint::black_box;
use std::time::Duration;

use super::callgrind;
use crate::alloc;
use crate::bencher::{Instrument, Mark, Probe, Routine};

/// The label of the cost of the marks. The parent finds it in callgrind's files.
const MARKS: &CStr = c"heapmark: marks";
/// The label of a repetition of the case.
const REPETITION: &CStr = c"heapmark: repetition";

/// Counts each repetition of a routine with callgrind.
#[derive(Debug)]
pub struct Instructions {
    repetitions: u32,
    threads: fn() -> Option<usize>,
    dumped: u32,
    alone: bool,
}

impl Instructions {
    /// Counts `repetitions` iterations, after a warm-up iteration that is not counted. `threads`
    /// returns the number of threads; callgrind counts only the one that runs the routine.
    pub fn new(repetitions: u32, threads: fn() -> Option<usize>) -> Self {
        Self {
            repetitions,
            threads,
            dumped: 0,
            alone: true,
        }
    }

    /// Number of repetitions that were written to files.
    pub fn dumped(&self) -> u32 {
        self.dumped
    }

    /// Whether the process had only one thread before and after every repetition.
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
    /// If allocations are being counted at the same time, because the instructions of those
    /// counters would be included.
    fn measure(&mut self, routine: &mut dyn Routine) {
        assert!(
            alloc::is_closed(),
            "cannot count instructions while the allocation counters are on"
        );
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

/// Counts from the start of the routine until its result is dropped.
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

/// An empty routine, to measure the cost of the marks.
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
