//! Bodies that borrow a buffer from a shared pool.

use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use crossbeam_queue::ArrayQueue;
use heapmark::pool::Pool;
use lockfree_object_pool::{LinearObjectPool, MutexObjectPool};

use super::{Body, MOST_THREADS, Work};

const QUESTION: &str = "borrow a 1 KiB buffer";
const BYTES: usize = 1024;

pub const ALL: &[Body] = &[
    body("no pool", |_| Box::new(NoPool)),
    body("Mutex<Vec>", |_| {
        Box::new(Locked(Mutex::new(
            (0..MOST_THREADS).map(|_| fresh()).collect(),
        )))
    }),
    body("ArrayQueue", |_| {
        let queue = ArrayQueue::new(MOST_THREADS);
        (0..MOST_THREADS).for_each(|_| drop(queue.push(fresh())));
        Box::new(Queued(queue))
    }),
    body("heapmark::pool", |_| {
        let pool = Pool::new(MOST_THREADS, fresh, |buffer: &mut Vec<u8>| buffer.fill(0))
            .with_retained_bytes(2 * MOST_THREADS * BYTES, Vec::capacity);
        Box::new(Ours(pool))
    }),
    body("object-pool", |_| {
        Box::new(ObjectPool(object_pool::Pool::new(MOST_THREADS, fresh)))
    }),
    body("opool", |_| {
        Box::new(Opool(opool::Pool::new_prefilled(MOST_THREADS, Buffers)))
    }),
    body("lockfree-object-pool, linear", |_| {
        Box::new(Linear(LinearObjectPool::new(fresh, |buffer| {
            buffer.fill(0)
        })))
    }),
    body("lockfree-object-pool, mutex", |_| {
        Box::new(ByMutex(MutexObjectPool::new(fresh, |buffer| {
            buffer.fill(0)
        })))
    }),
    body("sharded-slab", |_| {
        Box::new(Sharded(sharded_slab::Pool::new()))
    }),
];

const fn body(variant: &'static str, start: fn(usize) -> Box<dyn Work>) -> Body {
    Body {
        question: QUESTION,
        variant,
        start,
    }
}

fn fresh() -> Vec<u8> {
    vec![0; BYTES]
}

/// Checks that the buffer is clear, then writes to it.
fn used(buffer: &mut [u8]) {
    assert_eq!((buffer.len(), buffer[0]), (BYTES, 0));
    black_box(buffer)[0] = 1;
}

struct NoPool;

impl Work for NoPool {
    fn turns(&self, _: usize, turns: u64) {
        (0..turns).for_each(|_| used(&mut fresh()));
    }
}

struct Locked(Mutex<Vec<Vec<u8>>>);

impl Work for Locked {
    fn turns(&self, _: usize, turns: u64) {
        let pool = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..turns {
            let taken = pool().pop();
            let mut buffer = taken.unwrap_or_else(fresh);
            used(&mut buffer);
            buffer.fill(0);
            pool().push(buffer);
        }
    }
}

struct Queued(ArrayQueue<Vec<u8>>);

impl Work for Queued {
    fn turns(&self, _: usize, turns: u64) {
        for _ in 0..turns {
            let mut buffer = self.0.pop().unwrap_or_else(fresh);
            used(&mut buffer);
            buffer.fill(0);
            // A full pool returns the buffer, which is then freed.
            drop(self.0.push(buffer));
        }
    }
}

struct Ours(Pool<Vec<u8>>);

impl Work for Ours {
    fn turns(&self, _: usize, turns: u64) {
        (0..turns).for_each(|_| used(&mut self.0.get()));
    }
}

struct ObjectPool(object_pool::Pool<Vec<u8>>);

impl Work for ObjectPool {
    fn turns(&self, _: usize, turns: u64) {
        for _ in 0..turns {
            let mut buffer = self.0.pull(fresh);
            used(&mut buffer);
            buffer.fill(0);
        }
    }
}

struct Buffers;

impl opool::PoolAllocator<Vec<u8>> for Buffers {
    fn allocate(&self) -> Vec<u8> {
        fresh()
    }

    fn reset(&self, buffer: &mut Vec<u8>) {
        buffer.fill(0);
    }
}

struct Opool(opool::Pool<Buffers, Vec<u8>>);

impl Work for Opool {
    fn turns(&self, _: usize, turns: u64) {
        (0..turns).for_each(|_| used(&mut self.0.get()));
    }
}

struct Linear(LinearObjectPool<Vec<u8>>);

impl Work for Linear {
    fn turns(&self, _: usize, turns: u64) {
        (0..turns).for_each(|_| used(&mut self.0.pull()));
    }
}

struct ByMutex(MutexObjectPool<Vec<u8>>);

impl Work for ByMutex {
    fn turns(&self, _: usize, turns: u64) {
        (0..turns).for_each(|_| used(&mut self.0.pull()));
    }
}

/// A buffer with sharded-slab's trait for clearing. The slab creates it empty.
#[derive(Default)]
struct Cleared(Vec<u8>);

impl sharded_slab::Clear for Cleared {
    fn clear(&mut self) {
        self.0.fill(0);
    }
}

struct Sharded(sharded_slab::Pool<Cleared>);

impl Work for Sharded {
    fn turns(&self, _: usize, turns: u64) {
        for _ in 0..turns {
            let key = self.0.create_with(|buffer| {
                buffer.0.resize(BYTES, 0);
                used(&mut buffer.0);
            });
            assert!(
                key.is_some_and(|key| self.0.clear(key)),
                "the slab has room"
            );
        }
    }
}
