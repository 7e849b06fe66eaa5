//! Times a routine in batches, in a process that has nothing else to do.
//!
//! ```text
//!  double until a batch is long enough ─▶ a few batches to warm up ─▶ timed batches
//! ```
//!
//! It judges nothing: batches of one process agree far better with each other than processes do,
//! so a process gives one number, and what it is worth is told by many of them. Between batches it
//! runs a piece of work that is always the same: how long that takes tells whether the process
//! had its processor for itself, which on a shared machine it often has not.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::alloc;
use crate::bencher::{Instrument, Routine};

/// Batches that are run and forgotten: they pay for fresh pages and cold caches.
const WARM_UP: u32 = 3;

/// A routine that costs next to nothing is not run more often than this in a batch.
const MAX_ITERATIONS: u64 = 1 << 24;

/// Batches of a slow routine, or of one with a slow setup, end when they took this many times
/// what fast ones take together.
const PATIENCE: u32 = 4;

/// Batches that even a slow routine gets.
const FEWEST: usize = 3;

/// Times `batches` batches of about the length `batch`.
#[derive(Debug)]
pub struct Time {
    batches: u32,
    batch: Duration,
    slower_percent: Option<u32>,
    timed: Vec<u64>,
    paces: Vec<u64>,
}

/// A routine that gets fewer iterations a batch is not slowed down: batches would get far longer.
const FEWEST_SLOWED: u64 = 8;

/// Rounds of the fixed piece of work, which take a few microseconds.
const PACE_ROUNDS: u32 = 3_000;

/// How long a fixed piece of work takes, in nanoseconds. Its eight multiplications do not wait for
/// each other, so that whoever shares the core's units slows it down.
fn pace() -> u64 {
    let start = Instant::now();
    let mut lanes = black_box([1_u64, 2, 3, 4, 5, 6, 7, 8]);
    for _ in 0..PACE_ROUNDS {
        for lane in &mut lanes {
            *lane = lane.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x55;
        }
    }
    black_box(lanes);
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

impl Time {
    /// Will time `batches` batches, each about as long as `batch`.
    pub fn new(batches: u32, batch: Duration) -> Self {
        Self {
            batches,
            batch,
            slower_percent: None,
            timed: Vec::new(),
            paces: Vec::new(),
        }
    }

    /// Runs `percent` more iterations a batch than it is divided by: the case seems slower by just
    /// so much. A case too slow for batches of a hundred iterations is then not timed at all.
    #[must_use]
    pub fn slower(self, percent: Option<u32>) -> Self {
        Self {
            slower_percent: percent,
            ..self
        }
    }

    /// Picoseconds an iteration, one number a batch; empty where nothing was measured.
    pub fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.timed)
    }

    /// What a fixed piece of work took before the first batch and behind each, in nanoseconds.
    pub fn take_paces(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.paces)
    }

    /// How many iterations make a batch, by doubling until one lasts at least half of it. The
    /// setup of an iteration is not in its time but costs patience.
    fn iterations(&self, routine: &mut dyn Routine, limit: Instant) -> u64 {
        let mut iterations = 1;
        loop {
            let took = routine.batch(iterations);
            if took >= self.batch / 2 {
                let scale = self.batch.as_secs_f64() / took.as_secs_f64();
                return ((iterations as f64 * scale).round() as u64).max(1);
            }
            if iterations >= MAX_ITERATIONS || Instant::now() >= limit {
                return iterations;
            }
            iterations *= 2;
        }
    }
}

impl Instrument for Time {
    /// # Panics
    ///
    /// Where somebody counts at the same time: a time taken through a counter is no time.
    fn measure(&mut self, routine: &mut dyn Routine) {
        assert!(alloc::is_closed(), "timed while the counters were on");
        let patience = self.batch * (self.batches + WARM_UP) * PATIENCE;
        let limit = Instant::now() + patience;
        let mut iterations = self.iterations(routine, limit);
        let mut more = 0;
        if let Some(percent) = self.slower_percent {
            if iterations < FEWEST_SLOWED {
                return;
            }
            // Of hundreds any percentage is whole.
            iterations = iterations.next_multiple_of(100);
            more = iterations / 100 * u64::from(percent);
        }
        for _ in 0..WARM_UP {
            if Instant::now() < limit {
                routine.batch(iterations + more);
            }
        }
        let limit = Instant::now() + patience;
        self.paces.push(pace());
        for _ in 0..self.batches {
            if self.timed.len() >= FEWEST && Instant::now() >= limit {
                break;
            }
            let took = routine.batch(iterations + more);
            self.timed.push(picoseconds(took, iterations));
            self.paces.push(pace());
        }
        assert!(alloc::is_closed(), "the counters were turned on meanwhile");
    }
}

/// Picoseconds an iteration; those of a batch of seven months would not fit and are cut.
fn picoseconds(batch: Duration, iterations: u64) -> u64 {
    let each = batch.as_nanos() * 1000 / u128::from(iterations.max(1));
    u64::try_from(each).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bencher::Probe;

    /// Takes a fixed time an iteration, without spending it.
    struct Pretend {
        each: Duration,
        asked: Vec<u64>,
    }

    impl Routine for Pretend {
        fn batch(&mut self, iterations: u64) -> Duration {
            self.asked.push(iterations);
            self.each * iterations as u32
        }

        fn observe(&mut self, _: &mut dyn Probe) {}
    }

    fn time(each: Duration) -> (Vec<u64>, Vec<u64>) {
        let mut routine = Pretend {
            each,
            asked: Vec::new(),
        };
        let mut time = Time::new(5, Duration::from_micros(150));
        time.measure(&mut routine);
        (time.take(), routine.asked)
    }

    #[test]
    fn a_batch_is_about_as_long_as_asked() {
        let (timed, asked) = time(Duration::from_nanos(20));
        assert_eq!(timed, [20_000; 5]);
        assert_eq!(asked.last(), Some(&7_500));
    }

    #[test]
    fn a_slowed_routine_seems_slower_by_just_so_much() {
        let slowed = |each, percent| {
            let mut time = Time::new(5, Duration::from_micros(150)).slower(Some(percent));
            time.measure(&mut Pretend {
                each: Duration::from_nanos(each),
                asked: Vec::new(),
            });
            // How many batches there are depends on the machine's patience.
            let mut timed = time.take();
            timed.dedup();
            timed
        };
        assert_eq!(slowed(20, 0), [20_000]);
        assert_eq!(slowed(20, 5), [21_000]);
        assert_eq!(slowed(10_000, 2), [10_200_000]);
        assert_eq!(slowed(50_000, 2), [0_u64; 0], "too slow for it");
    }

    #[test]
    fn an_iteration_longer_than_a_batch_is_a_batch() {
        let (timed, asked) = time(Duration::from_millis(2));
        assert_eq!(timed, [2_000_000_000; 5]);
        assert!(asked.iter().all(|&iterations| iterations == 1));
    }

    #[test]
    fn a_routine_that_takes_no_time_ends() {
        let (timed, asked) = time(Duration::ZERO);
        assert_eq!(timed, [0; 5]);
        assert!(asked.iter().all(|&iterations| iterations <= MAX_ITERATIONS));
    }

    #[test]
    fn a_slow_setup_cuts_the_batches_short() {
        struct SlowSetup;
        impl Routine for SlowSetup {
            fn batch(&mut self, _: u64) -> Duration {
                std::thread::sleep(Duration::from_millis(5));
                Duration::from_nanos(100)
            }
            fn observe(&mut self, _: &mut dyn Probe) {}
        }
        let mut time = Time::new(1_000, Duration::from_micros(10));
        time.measure(&mut SlowSetup);
        let batches = time.take().len();
        assert!((FEWEST..100).contains(&batches), "{batches}");
    }
}
