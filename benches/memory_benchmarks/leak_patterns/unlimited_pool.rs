//! A pool that receives more buffers than it hands out, compared with a pool with a limit.

use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "give a buffer back to a pool";

    /// The buffers come from elsewhere, the pool hands none out, and it has no limit.
    problem, growth == leak: allocs == 1, retained >= BUFFER;

    /// A full pool frees the buffer.
    solution, growth == steady: allocs == 1, frees == 1, retained == 0;
}

/// Bytes of a buffer.
const BUFFER: usize = 256;

/// The number of buffers in the pool with a limit.
const LIMIT: usize = 16;

/// Capacity for buffers, so that the pool's list does not grow in the first iterations.
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
