//! Measures asynchronous routines.

use std::future::Future;
use std::hint::black_box;
use std::time::{Duration, Instant};

use super::routine::{Instrument, Mark, Probe, Routine, in_batches};
use super::{AsyncExecutor, BatchSize, Bencher};

/// Measures asynchronous routines; created by [`Bencher::to_async`].
///
/// Counting starts and ends inside the executor, so allocations of `block_on` itself are not
/// counted.
pub struct AsyncBencher<'b, 'a, E> {
    bencher: &'b mut Bencher<'a>,
    executor: E,
}

impl<'b, 'a, E: AsyncExecutor> AsyncBencher<'b, 'a, E> {
    pub(super) fn new(bencher: &'b mut Bencher<'a>, executor: E) -> Self {
        Self { bencher, executor }
    }

    /// Measures the future that `routine` returns, from its creation until its result is dropped.
    pub fn iter<O, F: Future<Output = O>>(&mut self, routine: impl FnMut() -> F) {
        self.bencher.measure(&mut Iter {
            executor: &self.executor,
            routine,
        });
    }

    /// Measures `routine` on inputs created by `setup`. Setup is neither timed nor counted. The
    /// drop of results is counted but not timed.
    pub fn iter_batched<I, O, F: Future<Output = O>>(
        &mut self,
        setup: impl FnMut() -> I,
        routine: impl FnMut(I) -> F,
        size: BatchSize,
    ) {
        self.bencher.measure(&mut Batched {
            executor: &self.executor,
            setup,
            routine,
            size,
        });
    }
}

struct Iter<'e, E, R> {
    executor: &'e E,
    routine: R,
}

impl<E: AsyncExecutor, O, F: Future<Output = O>, R: FnMut() -> F> Routine for Iter<'_, E, R> {
    fn batch(&mut self, iterations: u64) -> Duration {
        self.executor.block_on(async {
            let start = Instant::now();
            for _ in 0..iterations {
                black_box((self.routine)().await);
            }
            start.elapsed()
        })
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        self.executor.block_on(async {
            probe.mark(Mark::Setup);
            probe.mark(Mark::Start);
            let output = black_box((self.routine)().await);
            probe.mark(Mark::Returned);
            drop(output);
            probe.mark(Mark::Dropped);
        });
    }
}

struct Batched<'e, E, S, R> {
    executor: &'e E,
    setup: S,
    routine: R,
    size: BatchSize,
}

impl<E, I, O, F, S, R> Routine for Batched<'_, E, S, R>
where
    E: AsyncExecutor,
    F: Future<Output = O>,
    S: FnMut() -> I,
    R: FnMut(I) -> F,
{
    fn batch(&mut self, iterations: u64) -> Duration {
        in_batches(self.size, iterations, |count| {
            self.executor.block_on(async {
                let inputs: Vec<I> = (0..count).map(|_| black_box((self.setup)())).collect();
                let mut outputs = Vec::with_capacity(inputs.len());
                let start = Instant::now();
                for input in inputs {
                    outputs.push(black_box((self.routine)(input).await));
                }
                start.elapsed()
            })
        })
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        self.executor.block_on(async {
            probe.mark(Mark::Setup);
            let input = black_box((self.setup)());
            probe.mark(Mark::Start);
            let output = black_box((self.routine)(input).await);
            probe.mark(Mark::Returned);
            drop(output);
            probe.mark(Mark::Dropped);
        });
    }
}
