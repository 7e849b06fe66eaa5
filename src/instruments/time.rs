//! Times a routine in batches, in a process that does nothing else.
//!
//! ```text
//!  double until a batch is long enough ─▶ a few batches to warm up ─▶ timed batches
//! ```
//!
//! It does not judge. Batches of one process agree far better with each other than processes do, so
//! a process gives one number, and only many processes show its uncertainty. Between batches it
//! runs a fixed piece of work. The time of that shows whether other processes slowed this one down,
//! as they often do on a shared machine.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::alloc;
use crate::bencher::{Instrument, Routine};

/// Number of warm-up batches, which are not timed: they include fresh pages and cold caches.
const WARM_UP: u32 = 3;

/// Maximum number of iterations in a batch, for routines that take almost no time.
const MAX_ITERATIONS: u64 = 1 << 24;

/// The batches of a slow routine or setup end after the planned time of all batches, multiplied by
/// this.
const PATIENCE: u32 = 4;

/// Minimum number of batches, even for a slow routine.
const FEWEST: usize = 3;

/// Times a number of batches of about equal length.
#[derive(Debug)]
pub struct Time {
    batches: u32,
    batch: Duration,
    slower_percent: Option<u32>,
    timed: Vec<u64>,
    paces: Vec<u64>,
}

/// A routine with fewer iterations per batch is not slowed down, because its batches would become
/// far too long.
const FEWEST_SLOWED: u64 = 8;

/// Rounds of the fixed piece of work. They take a few microseconds.
const PACE_ROUNDS: u32 = 3_000;

/// The time of a fixed piece of work in nanoseconds. Its eight multiplications are independent of
/// each other, so another thread that shares the units of the core slows it down.
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
    /// Times `batches` batches, each about as long as `batch`.
    pub fn new(batches: u32, batch: Duration) -> Self {
        Self {
            batches,
            batch,
            slower_percent: None,
            timed: Vec::new(),
            paces: Vec::new(),
        }
    }

    /// Makes the case appear slower by exactly `percent`: each batch runs that many more iterations
    /// than its time is divided by. A case with fewer than eight iterations per batch is not timed.
    #[must_use]
    pub fn slower(self, percent: Option<u32>) -> Self {
        Self {
            slower_percent: percent,
            ..self
        }
    }

    /// Picoseconds per iteration, one number per batch; empty if nothing was measured.
    pub fn take(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.timed)
    }

    /// Times of the fixed piece of work in nanoseconds: before the first batch and after each.
    pub fn take_paces(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.paces)
    }

    /// The number of iterations of a batch, by doubling until one takes at least half of the
    /// planned time. Setups are not part of that time, but count towards the limit.
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
    /// If allocations are being counted at the same time, because the counters take time.
    fn measure(&mut self, routine: &mut dyn Routine) {
        assert!(
            alloc::is_closed(),
            "cannot time a routine while the allocation counters are on"
        );
        let patience = self.batch * (self.batches + WARM_UP) * PATIENCE;
        let limit = Instant::now() + patience;
        let mut iterations = self.iterations(routine, limit);
        let mut more = 0;
        if let Some(percent) = self.slower_percent {
            if iterations < FEWEST_SLOWED {
                return;
            }
            // A multiple of 100, so that any percentage of it is a whole number.
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
        assert!(
            alloc::is_closed(),
            "the allocation counters were turned on during the timing"
        );
    }
}

/// Picoseconds per iteration, saturating: a batch of seven months would not fit.
fn picoseconds(batch: Duration, iterations: u64) -> u64 {
    let each = batch.as_nanos() * 1000 / u128::from(iterations.max(1));
    u64::try_from(each).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bencher::Probe;

    /// Reports a fixed time per iteration, without taking it.
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
            // The number of batches depends on the speed of the machine.
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
