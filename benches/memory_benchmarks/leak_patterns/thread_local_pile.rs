//! A pile in a thread local that nobody clears, beside one that is handed on when it is full.

use std::cell::RefCell;
use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "collect in a thread local";

    /// Threads of a pool live as long as the program, and so does what each has piled up.
    problem, growth == leak: allocs == 1, retained >= SAMPLE;

    /// A full pile is handed on and cleared.
    solution, growth == steady: allocs == 1;
}

/// Bytes of a sample.
const SAMPLE: usize = 48;

/// Samples that are handed on together.
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
