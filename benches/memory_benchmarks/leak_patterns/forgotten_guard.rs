//! A guard that is disarmed by forgetting it, beside one that is told.

use std::hint::black_box;
use std::mem;

use heapmark::Bencher;

heapmark::question! {
    "disarm a guard";

    /// `mem::forget` leaves out the guard's own `drop`, and with it those of its fields.
    problem, growth == leak: allocs == 1, frees == 0, retained == NAME;

    /// The guard is told that it has nothing to do, and is dropped as ever.
    solution, growth == steady: allocs == 1, frees == 1, retained == 0;
}

/// Bytes of a transaction's name.
const NAME: usize = 32;

/// Rolls a transaction back unless it was disarmed.
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
