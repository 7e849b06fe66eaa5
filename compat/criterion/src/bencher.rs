//! The loops of criterion, over heapmark's bencher.

use super::library;
use std::future::Future;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use super::library::__private::bencher::Instrument;

use super::BatchSize;
use super::async_executor::AsyncExecutor;
use super::measurement::{Measurement, WallTime};

/// Measures a routine.
pub struct Bencher<'a, M: Measurement = WallTime> {
    instrument: &'a mut dyn Instrument,
    measurement: PhantomData<M>,
}

impl<'a, M: Measurement> Bencher<'a, M> {
    pub(crate) fn new(instrument: &'a mut dyn Instrument) -> Self {
        Self {
            instrument,
            measurement: PhantomData,
        }
    }

    fn inner(&mut self) -> library::Bencher<'_> {
        library::Bencher::new(self.instrument)
    }

    /// Measures `routine`. The time includes the drop of its result.
    pub fn iter<O, R>(&mut self, routine: R)
    where
        R: FnMut() -> O,
    {
        self.inner().iter(routine);
    }

    /// Calls `routine` with a number of iterations, which it runs and measures itself.
    pub fn iter_custom<R>(&mut self, mut routine: R)
    where
        R: FnMut(u64) -> M::Value,
    {
        self.inner()
            .iter_custom(|iterations| timed::<M>(|| routine(iterations)));
    }

    /// Measures `routine` on inputs that `setup` creates.
    pub fn iter_with_setup<I, O, S, R>(&mut self, setup: S, routine: R)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> O,
    {
        self.iter_batched(setup, routine, BatchSize::PerIteration);
    }

    /// Measures `routine` on inputs that `setup` creates, all of them at once.
    #[cfg(before_0_4)]
    pub fn iter_with_large_setup<I, O, S, R>(&mut self, setup: S, routine: R)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> O,
    {
        self.iter_batched(setup, routine, BatchSize::NumBatches(1));
    }

    /// Measures `routine` without the drop of its result.
    pub fn iter_with_large_drop<O, R>(&mut self, routine: R)
    where
        R: FnMut() -> O,
    {
        self.inner().iter_with_large_drop(routine);
    }

    /// Measures `routine` on inputs that `setup` creates.
    pub fn iter_batched<I, O, S, R>(&mut self, setup: S, routine: R, size: BatchSize)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> O,
    {
        self.inner().iter_batched(setup, routine, size.ours());
    }

    /// Measures `routine` on inputs that `setup` creates and `routine` borrows.
    pub fn iter_batched_ref<I, O, S, R>(&mut self, setup: S, routine: R, size: BatchSize)
    where
        S: FnMut() -> I,
        R: FnMut(&mut I) -> O,
    {
        self.inner().iter_batched_ref(setup, routine, size.ours());
    }

    /// Returns a bencher for asynchronous routines, which run on `runner`.
    pub fn to_async<'b, A: AsyncExecutor>(&'b mut self, runner: A) -> AsyncBencher<'a, 'b, A, M> {
        AsyncBencher {
            b: self,
            runner: Runner(runner),
        }
    }
}

/// The time that `routine` returns. If it measures something other than time, the elapsed time of the
/// clock.
fn timed<M: Measurement>(routine: impl FnOnce() -> M::Value) -> Duration {
    let start = Instant::now();
    let value = routine();
    let elapsed = start.elapsed();
    M::__duration(&value).unwrap_or(elapsed)
}

/// Implements heapmark's trait for an executor of criterion.
struct Runner<A>(A);

impl<A: AsyncExecutor> library::AsyncExecutor for &Runner<A> {
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }
}

/// Measures asynchronous routines.
pub struct AsyncBencher<'a, 'b, A: AsyncExecutor, M: Measurement = WallTime> {
    b: &'b mut Bencher<'a, M>,
    runner: Runner<A>,
}

impl<A: AsyncExecutor, M: Measurement> AsyncBencher<'_, '_, A, M> {
    /// Measures the future that `routine` returns.
    pub fn iter<O, R, F>(&mut self, routine: R)
    where
        R: FnMut() -> F,
        F: Future<Output = O>,
    {
        self.b.inner().to_async(&self.runner).iter(routine);
    }

    /// Calls `routine` with a number of iterations, which it runs and measures itself.
    pub fn iter_custom<R, F>(&mut self, mut routine: R)
    where
        R: FnMut(u64) -> F,
        F: Future<Output = M::Value>,
    {
        let runner = &self.runner.0;
        self.b
            .inner()
            .iter_custom(|iterations| timed::<M>(|| runner.block_on(routine(iterations))));
    }

    /// Measures `routine` on inputs that `setup` creates.
    pub fn iter_with_setup<I, O, S, R, F>(&mut self, setup: S, routine: R)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> F,
        F: Future<Output = O>,
    {
        self.iter_batched(setup, routine, BatchSize::PerIteration);
    }

    /// Measures `routine` without the drop of its result.
    pub fn iter_with_large_drop<O, R, F>(&mut self, mut routine: R)
    where
        R: FnMut() -> F,
        F: Future<Output = O>,
    {
        self.iter_batched(|| (), |()| routine(), BatchSize::SmallInput);
    }

    /// Measures `routine` on inputs that `setup` creates, all of them at once.
    pub fn iter_with_large_setup<I, O, S, R, F>(&mut self, setup: S, routine: R)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> F,
        F: Future<Output = O>,
    {
        self.iter_batched(setup, routine, BatchSize::NumBatches(1));
    }

    /// Measures `routine` on inputs that `setup` creates.
    pub fn iter_batched<I, O, S, R, F>(&mut self, setup: S, routine: R, size: BatchSize)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> F,
        F: Future<Output = O>,
    {
        let mut inner = self.b.inner();
        inner
            .to_async(&self.runner)
            .iter_batched(setup, routine, size.ours());
    }

    /// Measures `routine` on inputs that `setup` creates and `routine` borrows.
    pub fn iter_batched_ref<I, O, S, R, F>(&mut self, setup: S, mut routine: R, size: BatchSize)
    where
        S: FnMut() -> I,
        R: FnMut(&mut I) -> F,
        F: Future<Output = O>,
    {
        let routine = move |mut input: I| {
            let future = routine(&mut input);
            async move { (future.await, input) }
        };
        self.iter_batched(setup, routine, size);
    }
}
