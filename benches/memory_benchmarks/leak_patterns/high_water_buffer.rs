//! A buffer that keeps the room of its largest message, beside one that gives it back.

use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "reuse a buffer";

    /// `clear` keeps the capacity: after one message of a megabyte it is kept for ever.
    problem, growth == retains: allocs == 1, retained == 0;

    /// Room beyond what is usual is given back as soon as it is no longer needed.
    solution, growth == steady: allocs == 1, retained == 0;
}

/// Room for usual messages, in bytes.
const USUAL: usize = 1 << 10;

/// Bytes of a message that comes once in a while.
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

    /// What a small message is answered with.
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
