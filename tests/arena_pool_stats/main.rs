//! What arenas and pools ask of the heap, and whether the statistics say so.
//!
//! Each fault that such utilities are known to have is planted beside ours, so that a test which
//! passes could have failed.

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

/// What `work` does to the heap, with what it returns still alive.
fn tracked<T>(work: impl FnOnce() -> T) -> (Heap, T) {
    let tracking = track().expect("the allocator is installed and nobody else tracks");
    let made = work();
    (tracking.heap(), made)
}

/// Live bytes after `work` was repeated, above those after a first few times.
fn growth(times: usize, mut work: impl FnMut()) -> i64 {
    for _ in 0..3 {
        work();
    }
    let (heap, ()) = tracked(|| (0..times).for_each(|_| work()));
    heap.live_bytes
}
