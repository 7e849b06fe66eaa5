//! A pool that takes back more than it hands out, beside one that is full at some time.

use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "give a buffer back to a pool";

    /// The buffers come from elsewhere, nobody takes one out, and the pool has no limit.
    problem, growth == leak: allocs == 1, retained >= BUFFER;

    /// A full pool lets the buffer go.
    solution, growth == steady: allocs == 1, frees == 1, retained == 0;
}

/// Bytes of a buffer.
const BUFFER: usize = 256;

/// Buffers that the limited pool keeps.
const LIMIT: usize = 16;

/// Room for buffers, so that the pool's own list does not grow in the first iterations.
const ROOM: usize = 64;

fn buffer() -> Vec<u8> {
    Vec::with_capacity(black_box(BUFFER))
}

fn problem(b: &mut Bencher) {
    let mut pool = Vec::with_capacity(ROOM);
    b.iter(|| pool.push(buffer()));
}

fn solution(b: &mut Bencher) {
    let mut pool = Vec::with_capacity(LIMIT);
    let mut give_back = |buffer: Vec<u8>| {
        if pool.len() < LIMIT {
            pool.push(buffer);
        }
    };
    (0..LIMIT).for_each(|_| give_back(buffer()));
    b.iter(|| give_back(buffer()));
}
