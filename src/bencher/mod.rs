//! The one seam between what is measured and how.
//!
//! ```text
//!  workload: fn(&mut Bencher)          instrument: &mut dyn Instrument
//!       b.iter(routine) ───────────────▶ measure(&mut dyn Routine)
//!                                            ├─ batch(n)      timed, n iterations a call
//!                                            ├─ once()        warm-up
//!                                            └─ observe(probe) one iteration, its parts marked
//! ```
//!
//! A workload never knows which instrument listens; an instrument never knows which workload it
//! measures. The loops are monomorphised with the routine, so a dynamic call is paid once a
//! batch, never once an iteration.

mod async_bencher;
mod batch;
mod executor;
mod expectation;
mod group;
mod listing;
mod routine;

use std::time::Duration;

pub use async_bencher::AsyncBencher;
pub use batch::BatchSize;
pub use executor::AsyncExecutor;
pub use expectation::{Expectation, Relation};
pub use group::{Body, Case, Group, Instance, instances};
pub use routine::{Instrument, Mark, Probe, Routine};

use routine::{Batched, BatchedRef, Custom, Iter, LargeDrop, Spiking};

/// Handed to a workload, which tells it what to measure, once.
///
/// What is timed follows criterion: [`iter`](Self::iter) includes the drop of the result, the
/// batched forms include neither setup nor drop. Counts cover the routine and the drop of its
/// result, apart; setup is never counted.
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

impl<'a> Bencher<'a> {
    /// Makes a bencher that `instrument` listens to.
    #[doc(hidden)]
    pub fn new(instrument: &'a mut dyn Instrument) -> Self {
        Self {
            instrument,
            measured: 0,
        }
    }

    /// How often the workload has asked for a measurement; anything but once is its mistake.
    #[doc(hidden)]
    pub fn measured(&self) -> u32 {
        self.measured
    }

    fn measure(&mut self, routine: &mut dyn Routine) {
        self.measured += 1;
        // A second measurement would mix two routines under one name: it is not run, and the
        // harness refuses the case.
        if self.measured == 1 {
            self.instrument.measure(routine);
        }
    }

    /// Measures `routine`; the drop of its result is timed with it.
    pub fn iter<O>(&mut self, routine: impl FnMut() -> O) {
        self.measure(&mut Iter(routine));
    }

    /// Like [`iter`](Self::iter) on a state that lives on from iteration to iteration. `spike` is a
    /// big iteration; only a look for growth takes it, once among many small ones, to see
    /// whether what it needed stays for ever.
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

    /// Measures `routine` on inputs made by `setup`, which is neither timed nor counted; nor is
    /// the drop of results timed.
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

    /// Measures `routine` with a fresh input for each iteration.
    pub fn iter_with_setup<I, O>(&mut self, setup: impl FnMut() -> I, routine: impl FnMut(I) -> O) {
        self.iter_batched(setup, routine, BatchSize::PerIteration);
    }

    /// Measures `routine` without timing the drop of its result, which is collected until the
    /// batch ends.
    pub fn iter_with_large_drop<O>(&mut self, routine: impl FnMut() -> O) {
        self.measure(&mut LargeDrop(routine));
    }

    /// Lets `routine` run the given number of iterations and tell how long they took. All that
    /// it does is counted, since nobody else can tell setup from routine.
    pub fn iter_custom(&mut self, routine: impl FnMut(u64) -> Duration) {
        self.measure(&mut Custom(routine));
    }

    /// Runs asynchronous routines on `executor`, as in `b.to_async(runtime).iter(|| async { … })`.
    pub fn to_async<E: AsyncExecutor>(&mut self, executor: E) -> AsyncBencher<'_, 'a, E> {
        AsyncBencher::new(self, executor)
    }
}
