//! A guard that is disarmed with `mem::forget`, compared with a guard that has a flag.

use std::hint::black_box;
use std::mem;

use heapmark::Bencher;

heapmark::question! {
    "disarm a guard";

    /// `mem::forget` skips the guard's `drop`, and also the drops of its fields.
    problem, growth == leak: allocs == 1, frees == 0, retained == NAME;

    /// The guard is marked as disarmed, and is dropped as usual.
    solution, growth == steady: allocs == 1, frees == 1, retained == 0;
}

/// Length of a transaction's name in bytes.
const NAME: usize = 32;

/// Rolls back a transaction unless it was disarmed.
struct Guard {
    name: String,
    armed: bool,
}

impl Guard {
    fn new() -> Self {
        Self {
            name: "n".repeat(black_box(NAME)),
            armed: true,
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.armed {
            black_box(&self.name);
        }
    }
}

fn problem(b: &mut Bencher) {
    b.iter(|| mem::forget(black_box(Guard::new())));
}

fn solution(b: &mut Bencher) {
    b.iter(|| {
        let mut guard = black_box(Guard::new());
        guard.armed = false;
    });
}
