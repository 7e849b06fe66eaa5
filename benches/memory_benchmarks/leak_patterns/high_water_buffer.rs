//! A buffer that keeps the capacity of its largest message, compared with a buffer that frees it.

use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "reuse a buffer";

    /// `clear` keeps the capacity: after one message of 1 MiB, the buffer keeps 1 MiB forever.
    problem, growth == retains: allocs == 1, retained == 0;

    /// Capacity above the usual size is freed as soon as it is not needed any more.
    solution, growth == steady: allocs == 1, retained == 0;
}

/// Capacity for usual messages, in bytes.
const USUAL: usize = 1 << 10;

/// Size in bytes of a message that is rare.
const LARGE: usize = 1 << 20;

struct Buffer(Vec<u8>);

impl Buffer {
    fn new() -> Self {
        Self(Vec::with_capacity(USUAL))
    }

    fn fill(&mut self, bytes: usize) {
        self.0.clear();
        self.0.resize(bytes, 0);
        black_box(&self.0);
    }

    /// Handles a small message and returns the answer.
    fn answer(&mut self) -> String {
        self.fill(100);
        format!("{} bytes", black_box(self.0.len()))
    }

    fn give_back(&mut self) {
        if self.0.capacity() > USUAL {
            *self = Self::new();
        }
    }
}

fn problem(b: &mut Bencher) {
    b.iter_with_spike(
        Buffer::new(),
        |buffer| buffer.fill(black_box(LARGE)),
        Buffer::answer,
    );
}

fn solution(b: &mut Bencher) {
    b.iter_with_spike(
        Buffer::new(),
        |buffer| buffer.fill(black_box(LARGE)),
        |buffer| {
            let answer = buffer.answer();
            buffer.give_back();
            answer
        },
    );
}
