//! The other tests of a round: they allocate and leak on threads, on a rayon pool and on a tokio
//! runtime, while detections run in the same process.

use std::hint::black_box;
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use tokio::runtime::Runtime;

/// How long each of these tests runs.
const BUSY: Duration = Duration::from_millis(400);

pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(3)
        .enable_all()
        .build()
        .unwrap()
});

/// Leaks a little, and frees more.
fn work() -> usize {
    std::mem::forget(black_box(Box::new([1_u8; 24])));
    let words: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    thread::sleep(Duration::from_micros(50));
    words.concat().len()
}

fn go_on(mut work: impl FnMut()) {
    let start = Instant::now();
    while start.elapsed() < BUSY {
        work();
    }
}

#[test]
#[ignore = "runs only in a round of the crowd test"]
fn a_test_that_leaks() {
    go_on(|| {
        work();
    });
}

#[test]
#[ignore = "runs only in a round of the crowd test"]
fn a_test_that_starts_threads() {
    go_on(|| drop(thread::spawn(work).join()));
}

#[test]
#[ignore = "runs only in a round of the crowd test"]
fn a_test_on_the_rayon_pool() {
    go_on(|| {
        let sum: usize = (0..8).into_par_iter().map(|_| work()).sum();
        assert!(sum > 0);
    });
}

#[test]
#[ignore = "runs only in a round of the crowd test"]
fn a_test_on_the_tokio_runtime() {
    go_on(|| {
        let tasks: Vec<_> = (0..4).map(|_| RUNTIME.spawn(async { work() })).collect();
        for task in tasks {
            RUNTIME.block_on(task).unwrap();
        }
    });
}

/// The task continues after its test has ended, as a server in the background does.
#[test]
#[ignore = "runs only in a round of the crowd test"]
fn a_test_that_leaves_a_task_behind() {
    drop(RUNTIME.spawn(async {
        loop {
            black_box(vec![1_u8; 300]);
            std::mem::forget(black_box(Box::new(1_u64)));
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }));
}
