//! The interface between a workload (the function of a case, which defines what is measured) and an
//! instrument (which defines how it is measured).
//!
//! ```text
//!  workload: fn(&mut Bencher)          instrument: &mut dyn Instrument
//!       b.iter(routine) ───────────────▶ measure(&mut dyn Routine)
//!                                            ├─ batch(n)       n timed iterations per call
//!                                            ├─ once()         warm-up
//!                                            └─ observe(probe) one iteration, its parts marked
//! ```
//!
//! A workload does not know which instrument measures it, and an instrument does not know which
//! workload it measures. The loop over the iterations of a batch is compiled for each routine
//! (monomorphised), so there is one dynamic call per batch and none per iteration.

mod async_bencher;
mod batch;
mod case_assertion;
mod executor;
mod group;
mod listing;
mod routine;

use std::time::Duration;

pub use async_bencher::AsyncBencher;
pub use batch::BatchSize;
pub use case_assertion::{CaseAssertion, Relation};
pub use executor::AsyncExecutor;
pub use group::{Body, Case, Group, Instance, instances};
pub use routine::{Instrument, Mark, Probe, Routine};

use routine::{Batched, BatchedRef, Custom, Iter, LargeDrop, Spiking};

/// Measures the routine of a case. The function of a case receives a bencher, and calls exactly one
/// of its methods, once.
///
/// As in criterion, the time of [`iter`](Self::iter) includes the drop of the result, and the time
/// of the batched methods includes neither setup nor drop. Counts include the routine and the drop
/// of its result. They do not include the setup.
///
/// ```
/// use heapmark::Bencher;
/// use std::hint::black_box;
///
/// fn small_string(b: &mut Bencher) {
///     b.iter(|| String::from(black_box("hello")));
/// }
/// ```
pub struct Bencher<'a> {
    instrument: &'a mut dyn Instrument,
    measured: u32,
}

/// Passes the routine on to the instrument of the bencher. With this, a bencher of another interface
/// can be built from this one.
impl Instrument for Bencher<'_> {
    fn measure(&mut self, routine: &mut dyn Routine) {
        self.measured += 1;
        // A second measurement would mix two routines under one name: it is not run, and the
        // harness rejects the case.
        if self.measured == 1 {
            self.instrument.measure(routine);
        }
    }
}

impl<'a> Bencher<'a> {
    /// Creates a bencher whose routine `instrument` measures.
    #[doc(hidden)]
    pub fn new(instrument: &'a mut dyn Instrument) -> Self {
        Self {
            instrument,
            measured: 0,
        }
    }

    /// How many methods the workload has called. Any number other than 1 is an error in the
    /// workload.
    #[doc(hidden)]
    pub fn measured(&self) -> u32 {
        self.measured
    }

    /// Measures `routine`. The time includes the drop of its result.
    pub fn iter<O>(&mut self, routine: impl FnMut() -> O) {
        self.measure(&mut Iter(routine));
    }

    /// Like [`iter`](Self::iter), for a routine that uses the same `state` in every iteration.
    ///
    /// `spike` is an unusually large iteration. Only the leak detector runs it, once among many
    /// normal iterations, to find out whether the memory of the spike is freed again.
    pub fn iter_with_spike<S, O>(
        &mut self,
        state: S,
        spike: impl FnMut(&mut S),
        routine: impl FnMut(&mut S) -> O,
    ) {
        self.measure(&mut Spiking {
            state,
            spike,
            routine,
        });
    }

    /// Measures `routine` on inputs created by `setup`. Setup is neither timed nor counted. The
    /// drop of results is counted but not timed.
    pub fn iter_batched<I, O>(
        &mut self,
        setup: impl FnMut() -> I,
        routine: impl FnMut(I) -> O,
        size: BatchSize,
    ) {
        self.measure(&mut Batched {
            setup,
            routine,
            size,
        });
    }

    /// Like [`iter_batched`](Self::iter_batched), for a routine that borrows its input.
    pub fn iter_batched_ref<I, O>(
        &mut self,
        setup: impl FnMut() -> I,
        routine: impl FnMut(&mut I) -> O,
        size: BatchSize,
    ) {
        self.measure(&mut BatchedRef {
            setup,
            routine,
            size,
        });
    }

    /// Measures `routine` with a fresh input from `setup` for each iteration, in batches of one.
    pub fn iter_with_setup<I, O>(&mut self, setup: impl FnMut() -> I, routine: impl FnMut(I) -> O) {
        self.iter_batched(setup, routine, BatchSize::PerIteration);
    }

    /// Measures `routine` without timing the drop of its result. Results are collected until the
    /// batch ends.
    pub fn iter_with_large_drop<O>(&mut self, routine: impl FnMut() -> O) {
        self.measure(&mut LargeDrop(routine));
    }

    /// Calls `routine` with a number of iterations. `routine` runs these iterations and returns the
    /// time that they took. Everything that `routine` does is counted, because heapmark cannot
    /// separate its setup from the rest.
    pub fn iter_custom(&mut self, routine: impl FnMut(u64) -> Duration) {
        self.measure(&mut Custom(routine));
    }

    /// Returns a bencher for asynchronous routines, which run on `executor`, as in
    /// `b.to_async(runtime).iter(|| async { … })`.
    pub fn to_async<E: AsyncExecutor>(&mut self, executor: E) -> AsyncBencher<'_, 'a, E> {
        AsyncBencher::new(self, executor)
    }
}
