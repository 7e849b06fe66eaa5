//! Routines, the loops that run them, and the traits through which instruments measure them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::BatchSize;

/// Measures a routine, for example by counting, timing or tracing it.
pub trait Instrument {
    /// Measures `routine`.
    fn measure(&mut self, routine: &mut dyn Routine);
}

/// The routine of a workload, and the loops that run it.
pub trait Routine {
    /// Runs `iterations` iterations and returns the duration of their timed part.
    fn batch(&mut self, iterations: u64) -> Duration;

    /// Runs one iteration and notifies `probe` when each of its parts begins.
    fn observe(&mut self, probe: &mut dyn Probe);

    /// Runs one iteration for its side effects, as a warm-up.
    fn once(&mut self) {
        self.observe(&mut Deaf);
    }

    /// Whether the routine has a [`spike`](Self::spike).
    fn has_spike(&self) -> bool {
        false
    }

    /// Runs one unusually large iteration. Only the leak detector calls it.
    fn spike(&mut self) {}
}

/// Is notified when each part of an iteration begins. It must not allocate or free.
pub trait Probe {
    /// The iteration has reached `mark`.
    fn mark(&mut self, mark: Mark);
}

/// A point in an iteration. Every iteration reaches all marks in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The setup is about to create the input.
    Setup,
    /// The input exists, and the routine is about to start.
    Start,
    /// The routine has returned, and its result is about to be dropped.
    Returned,
    /// The result and the rest of the input were dropped.
    Dropped,
}

/// A probe that ignores all marks.
struct Deaf;

impl Probe for Deaf {
    fn mark(&mut self, _: Mark) {}
}

pub(super) struct Iter<R>(pub(super) R);

impl<O, R: FnMut() -> O> Routine for Iter<R> {
    fn batch(&mut self, iterations: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..iterations {
            black_box((self.0)());
        }
        start.elapsed()
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        probe.mark(Mark::Setup);
        probe.mark(Mark::Start);
        let output = black_box((self.0)());
        probe.mark(Mark::Returned);
        drop(output);
        probe.mark(Mark::Dropped);
    }
}

/// A routine on a state that lives from iteration to iteration, and its spike.
pub(super) struct Spiking<S, B, R> {
    pub(super) state: S,
    pub(super) spike: B,
    pub(super) routine: R,
}

impl<S, O, B: FnMut(&mut S), R: FnMut(&mut S) -> O> Routine for Spiking<S, B, R> {
    fn batch(&mut self, iterations: u64) -> Duration {
        Iter(|| (self.routine)(&mut self.state)).batch(iterations)
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        Iter(|| (self.routine)(&mut self.state)).observe(probe);
    }

    fn has_spike(&self) -> bool {
        true
    }

    fn spike(&mut self) {
        (self.spike)(&mut self.state);
    }
}

pub(super) struct LargeDrop<R>(pub(super) R);

impl<O, R: FnMut() -> O> Routine for LargeDrop<R> {
    fn batch(&mut self, iterations: u64) -> Duration {
        let mut outputs = Vec::with_capacity(capacity(iterations));
        let start = Instant::now();
        outputs.extend((0..iterations).map(|_| black_box((self.0)())));
        start.elapsed()
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        Iter(&mut self.0).observe(probe);
    }
}

pub(super) struct Batched<S, R> {
    pub(super) setup: S,
    pub(super) routine: R,
    pub(super) size: BatchSize,
}

impl<I, O, S: FnMut() -> I, R: FnMut(I) -> O> Routine for Batched<S, R> {
    fn batch(&mut self, iterations: u64) -> Duration {
        let mut outputs = Vec::new();
        in_batches(self.size, iterations, |count| {
            let inputs: Vec<I> = (0..count).map(|_| black_box((self.setup)())).collect();
            outputs.clear();
            outputs.reserve(inputs.len());
            let start = Instant::now();
            outputs.extend(
                inputs
                    .into_iter()
                    .map(|input| black_box((self.routine)(input))),
            );
            start.elapsed()
        })
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        probe.mark(Mark::Setup);
        let input = black_box((self.setup)());
        probe.mark(Mark::Start);
        let output = black_box((self.routine)(input));
        probe.mark(Mark::Returned);
        drop(output);
        probe.mark(Mark::Dropped);
    }
}

pub(super) struct BatchedRef<S, R> {
    pub(super) setup: S,
    pub(super) routine: R,
    pub(super) size: BatchSize,
}

impl<I, O, S: FnMut() -> I, R: FnMut(&mut I) -> O> Routine for BatchedRef<S, R> {
    fn batch(&mut self, iterations: u64) -> Duration {
        let mut outputs = Vec::new();
        in_batches(self.size, iterations, |count| {
            let mut inputs: Vec<I> = (0..count).map(|_| black_box((self.setup)())).collect();
            outputs.clear();
            outputs.reserve(inputs.len());
            let start = Instant::now();
            outputs.extend(
                inputs
                    .iter_mut()
                    .map(|input| black_box((self.routine)(input))),
            );
            start.elapsed()
        })
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        probe.mark(Mark::Setup);
        let mut input = black_box((self.setup)());
        probe.mark(Mark::Start);
        let output = black_box((self.routine)(&mut input));
        probe.mark(Mark::Returned);
        drop(output);
        drop(input);
        probe.mark(Mark::Dropped);
    }
}

pub(super) struct Custom<R>(pub(super) R);

impl<R: FnMut(u64) -> Duration> Routine for Custom<R> {
    fn batch(&mut self, iterations: u64) -> Duration {
        (self.0)(iterations)
    }

    fn observe(&mut self, probe: &mut dyn Probe) {
        probe.mark(Mark::Setup);
        probe.mark(Mark::Start);
        black_box((self.0)(1));
        probe.mark(Mark::Returned);
        probe.mark(Mark::Dropped);
    }
}

/// Splits `iterations` into batches of `size` and returns the sum of the durations of `batch`.
pub(super) fn in_batches(
    size: BatchSize,
    iterations: u64,
    mut batch: impl FnMut(u64) -> Duration,
) -> Duration {
    let each = size.iterations_per_batch(iterations);
    let mut left = iterations;
    let mut total = Duration::ZERO;
    while left > 0 {
        let count = left.min(each);
        total += batch(count);
        left -= count;
    }
    total
}

/// A number of iterations as the capacity of a collection. If it does not fit into `usize`, the
/// allocation fails.
fn capacity(iterations: u64) -> usize {
    usize::try_from(iterations).unwrap_or(usize::MAX)
}
