//! How many blocks arenas and pools allocate, and whether the statistics report them.
//!
//! Known faults of such utilities are planted in additional tests, which show that the checks
//! can fail.

#[path = "../one_by_one/mod.rs"]
mod one_by_one;

mod arena;
mod pool;
mod stats;

use std::process::ExitCode;

use heapmark::stats::{Heap, track};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn main() -> ExitCode {
    one_by_one::run(&[arena::TESTS, pool::TESTS, stats::TESTS])
}

/// Heap statistics of `work`, read while its result is still live.
fn tracked<T>(work: impl FnOnce() -> T) -> (Heap, T) {
    let tracking = track().expect("the allocator is installed and nothing else tracks");
    let made = work();
    (tracking.heap(), made)
}

/// By how much live bytes grow over `times` calls of `work`, after three warm-up calls.
fn growth(times: usize, mut work: impl FnMut()) -> i64 {
    for _ in 0..3 {
        work();
    }
    let (heap, ()) = tracked(|| (0..times).for_each(|_| work()));
    heap.live_bytes
}
