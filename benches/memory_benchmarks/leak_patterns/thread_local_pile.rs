//! A list in a thread-local that is never cleared, compared with a list that is processed when it
//! is full.

use std::cell::RefCell;
use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "collect in a thread local";

    /// Threads of a pool live as long as the program, and so do the samples that each of them
    /// collects.
    problem, growth == leak: allocs == 1, retained >= SAMPLE;

    /// A full list is processed and cleared.
    solution, growth == steady: allocs == 1;
}

/// Bytes of a sample.
const SAMPLE: usize = 48;

/// The number of samples that are processed together.
const FULL: usize = 64;

thread_local! {
    static PILE: RefCell<Vec<Vec<u8>>> = RefCell::new(Vec::with_capacity(FULL));
}

fn sample() -> Vec<u8> {
    vec![0; black_box(SAMPLE)]
}

fn problem(b: &mut Bencher) {
    b.iter(|| PILE.with_borrow_mut(|pile| pile.push(sample())));
}

fn solution(b: &mut Bencher) {
    b.iter(|| {
        PILE.with_borrow_mut(|pile| {
            if pile.len() >= FULL {
                black_box(&*pile);
                pile.clear();
            }
            pile.push(sample());
        });
    });
}
