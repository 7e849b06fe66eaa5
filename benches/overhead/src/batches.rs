//! Times batches of pairs on several threads at once. It does not judge the times.
//!
//! ```text
//!  thread 1   ──arrive──┃█████ pairs ████████┃
//!  thread 2   ─────arrive─┃████ pairs ████████┃        a batch counts when each thread had a
//!                       └──────── span ────────┘       CPU for most of the span
//! ```
//!
//! On a shared machine, two threads mostly run one after the other on one CPU, and contention would
//! not be measured. Such batches are discarded.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Long enough that the difference of the start times does not matter, and short enough that many
/// batches are not interrupted.
const BATCH: Duration = Duration::from_micros(200);
/// Number of batches between two checks of how many were good.
const CHUNK: usize = 50;
/// The share of a batch's span for which each thread must be on a CPU.
const TOGETHER: f64 = 0.8;
/// If the machine is too busy for this time, the launch is given up.
const PATIENCE: Duration = Duration::from_secs(3);

/// The result of a launch.
#[derive(Debug)]
pub struct Launch {
    /// Nanoseconds of CPU time per pair: the lower quartile over the good batches, because
    /// disturbances only add time.
    pub nanoseconds: f64,
    /// The share of good batches, from 0 to 1.
    pub good: f64,
}

/// Runs until `wanted` batches are good. `None` if there are no threads or no batches, or if the
/// machine is too busy.
pub fn on_threads(threads: usize, wanted: usize) -> Option<Launch> {
    if threads == 0 {
        return None;
    }
    let pairs = calibrate();
    let start = Instant::now();
    let mut good = Vec::new();
    let mut run = 0;
    while good.len() < wanted {
        if start.elapsed() > PATIENCE {
            return None;
        }
        good.extend(chunk(threads, pairs)?);
        run += CHUNK;
    }
    let good_share = good.len() as f64 / run as f64;
    good.sort_by(f64::total_cmp);
    let nanoseconds = good.get(good.len() / 4)? / pairs as f64;
    Some(Launch {
        nanoseconds,
        good: good_share,
    })
}

/// The part of one thread in a batch.
struct Part {
    start: Instant,
    end: Instant,
    cpu: Duration,
}

/// Nanoseconds of CPU time per thread, for the good batches of a chunk.
fn chunk(threads: usize, pairs: u64) -> Option<Vec<f64>> {
    let arrived = AtomicU64::new(0);
    let parts: Vec<Vec<Part>> = thread::scope(|scope| {
        let spawn = |_| scope.spawn(|| run(threads as u64, pairs, &arrived));
        let spawned: Vec<_> = (0..threads).map(spawn).collect();
        let joined = spawned.into_iter().map(|thread| thread.join().ok());
        joined.collect::<Option<_>>()
    })?;
    let batches = (0..CHUNK).filter_map(|number| {
        let batch: Vec<&Part> = parts.iter().filter_map(|part| part.get(number)).collect();
        good(&batch)
    });
    Some(batches.collect())
}

fn run(threads: u64, pairs: u64, arrived: &AtomicU64) -> Vec<Part> {
    let mut parts = Vec::with_capacity(CHUNK);
    // Creates the thread's arena, its counters and its first block before the measurement.
    crate::pairs_of_64_bytes(100);
    for batch in 1..=CHUNK as u64 {
        arrived.fetch_add(1, Ordering::SeqCst);
        // Waking a sleeping thread takes long compared with a batch, so the thread that is early
        // spins.
        while arrived.load(Ordering::SeqCst) < batch * threads {
            thread::yield_now();
        }
        let start = Instant::now();
        let before = cpu_time();
        crate::pairs_of_64_bytes(pairs);
        let cpu = cpu_time() - before;
        let end = Instant::now();
        parts.push(Part { start, end, cpu });
    }
    parts
}

/// Mean nanoseconds of CPU time per thread, if all threads ran at the same time.
fn good(batch: &[&Part]) -> Option<f64> {
    let start = batch.iter().map(|part| part.start).min()?;
    let end = batch.iter().map(|part| part.end).max()?;
    let span = end.duration_since(start).as_secs_f64();
    let cpu = batch.iter().map(|part| part.cpu.as_secs_f64());
    let together = cpu.clone().all(|cpu| cpu >= TOGETHER * span);
    together.then(|| cpu.sum::<f64>() * 1e9 / batch.len() as f64)
}

/// The number of pairs in a batch, found by doubling until it lasts long enough. The call stacks of
/// dhat take a hundred times as long as a plain pair.
fn calibrate() -> u64 {
    let mut pairs = 16;
    loop {
        let start = cpu_time();
        crate::pairs_of_64_bytes(pairs);
        let elapsed = cpu_time() - start;
        if elapsed >= BATCH / 2 {
            let scale = BATCH.as_secs_f64() / elapsed.as_secs_f64();
            return (pairs as f64 * scale) as u64;
        }
        pairs *= 2;
    }
}

/// CPU time of the calling thread, without the time of other processes.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(start: Instant, from: u64, to: u64, cpu: u64) -> Part {
        Part {
            start: start + Duration::from_micros(from),
            end: start + Duration::from_micros(to),
            cpu: Duration::from_micros(cpu),
        }
    }

    #[test]
    fn threads_that_ran_at_the_same_time_make_a_good_batch() {
        let start = Instant::now();
        let (one, two) = (part(start, 0, 1000, 1000), part(start, 50, 1050, 980));
        assert_eq!(good(&[&one, &two]), Some(990_000.0));
    }

    #[test]
    fn threads_that_ran_one_after_the_other_do_not() {
        let start = Instant::now();
        let (one, two) = (part(start, 0, 1000, 1000), part(start, 1000, 2000, 1000));
        assert_eq!(good(&[&one, &two]), None);
    }

    #[test]
    fn a_thread_that_was_interrupted_makes_the_batch_bad() {
        let start = Instant::now();
        assert_eq!(good(&[&part(start, 0, 4000, 1000)]), None);
    }

    #[test]
    fn no_threads_give_no_result() {
        assert!(on_threads(0, 1).is_none());
    }
}
