//! Measures the time of a plain steady case, and the cost of the counters for one allocation.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use heapmark::leak::{Detector, Verdict};

/// Maximum time of a plain steady case, in milliseconds.
const STEADY: f64 = 50.0;
/// Maximum of the time with counting divided by the time without.
const RATIO: f64 = 1.5;
const PAIRS: u32 = 20_000;
const BATCHES: usize = 500;

pub fn run() -> ExitCode {
    let mut out = std::io::stdout();
    let mut right = true;
    let steady = steady();
    right &= steady <= STEADY;
    writeln!(
        out,
        "a plain steady case: {steady:.1} ms, at most {STEADY} ms"
    )
    .unwrap();
    for threads in [1, 2] {
        let (bare, counted) = pair(threads);
        let ratio = counted / bare;
        right &= ratio <= RATIO;
        writeln!(
            out,
            "64 B alloc and free on {threads}: bare {bare:.2} ns, counted {counted:.2} ns, \
             ratio {ratio:.2}, at most {RATIO}"
        )
        .unwrap();
    }
    ExitCode::from(u8::from(!right))
}

/// Median time until the verdict, in milliseconds.
fn steady() -> f64 {
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            let report = Detector::new().run(|| (), |()| Box::new(1_u64));
            assert_eq!(report.verdict, Verdict::Steady);
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    median(&mut times)
}

/// Nanoseconds per alloc and free with the gate closed and with it open, measured alternately.
fn pair(threads: usize) -> (f64, f64) {
    let (mut bare, mut counted) = (Vec::new(), Vec::new());
    for _ in 0..BATCHES {
        bare.push(batch(threads));
        let open = heapmark::__private::alloc::open();
        counted.push(batch(threads));
        drop(open);
    }
    (undisturbed(&mut bare), undisturbed(&mut counted))
}

fn batch(threads: usize) -> f64 {
    let barrier = Barrier::new(threads);
    let times: Vec<f64> = thread::scope(|scope| {
        let run = || {
            scope.spawn(|| {
                barrier.wait();
                let start = Instant::now();
                for _ in 0..PAIRS {
                    drop(std::hint::black_box(Box::<[u64; 8]>::new_uninit()));
                }
                start.elapsed().as_secs_f64() * 1e9 / f64::from(PAIRS)
            })
        };
        let running: Vec<_> = (0..threads).map(|_| run()).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    times.iter().sum::<f64>() / threads as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The tenth percentile: other processes on the machine disturb these batches least.
fn undisturbed(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 10]
}
