//! The allocations that a pool of buffers avoids. Only one thread takes and returns buffers;
//! contention has a separate bench.

mod after_a_burst;
mod borrow;

use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use crossbeam_queue::ArrayQueue;
use heapmark::Bencher;

use borrow::{borrow_1_kib, borrow_64_kib};

heapmark::group! {
    /// Taking a buffer, using it and returning it. Each case provides the same thing: 1 KiB of
    /// zeros, ready for use. The pools are filled beforehand and clear returned buffers, so the
    /// cases are comparable.
    object_pool;

    /// Without a pool, each use is one allocation and one free.
    without_pool: allocs == 1, frees == 1, reallocs == 0, bytes == BUFFER, peak == BUFFER,
        retained == 0;

    /// A warm pool behind a mutex does not allocate.
    mutex_pool: allocs == 0, frees == 0, reallocs == 0, bytes == 0, peak == 0, retained == 0;

    /// A warm pool on a lock-free queue does not allocate either.
    lockfree_pool: allocs == 0, frees == 0, reallocs == 0, bytes == 0, peak == 0, retained == 0;

    question borrow_1_kib;
    question borrow_64_kib;
    question after_a_burst;
}

/// Bytes of a buffer.
const BUFFER: usize = 1024;

/// The number of buffers in a pool, more than are ever taken at once.
const WARM: usize = 8;

fn without_pool(b: &mut Bencher) {
    b.iter(|| drop(used(fresh())));
}

fn mutex_pool(b: &mut Bencher) {
    let pool = Mutex::new((0..WARM).map(|_| fresh()).collect::<Vec<_>>());
    let locked = || pool.lock().unwrap_or_else(PoisonError::into_inner);
    b.iter(|| {
        let taken = locked().pop();
        let cleared = cleared(used(taken.unwrap_or_else(fresh)));
        locked().push(cleared);
    });
}

fn lockfree_pool(b: &mut Bencher) {
    let pool = ArrayQueue::new(WARM);
    for _ in 0..WARM {
        pool.force_push(fresh());
    }
    b.iter(|| {
        let taken = pool.pop();
        let cleared = cleared(used(taken.unwrap_or_else(fresh)));
        // A full pool would return the buffer, which would then be freed.
        pool.push(cleared)
    });
}

fn fresh() -> Vec<u8> {
    vec![0; black_box(BUFFER)]
}

/// The user of the buffer may have read and written all of it.
fn used(buffer: Vec<u8>) -> Vec<u8> {
    black_box(buffer)
}

fn cleared(mut buffer: Vec<u8>) -> Vec<u8> {
    buffer.fill(0);
    buffer
}
