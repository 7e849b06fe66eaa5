//! Pools of buffers of so many bytes, filled beforehand, of which one is borrowed and given back,
//! zeroed and ready for use.

use std::hint::black_box;

use heapmark::Bencher;
use heapmark::pool::Pool;
use lockfree_object_pool::LinearObjectPool;
use opool::PoolAllocator;

/// Buffers in a pool.
const WARM: usize = 8;

fn fresh(bytes: usize) -> Vec<u8> {
    vec![0; black_box(bytes)]
}

/// A user that spoils the buffer, after seeing that nobody else has.
fn used(buffer: &mut [u8], bytes: usize) {
    assert_eq!((buffer.len(), buffer[0]), (bytes, 0));
    black_box(buffer)[0] = 1;
}

pub(super) fn none(b: &mut Bencher, bytes: usize) {
    b.iter(|| used(&mut fresh(bytes), bytes));
}

pub(super) fn heapmark(b: &mut Bencher, bytes: usize) {
    let pool = Pool::new(
        WARM,
        move || fresh(bytes),
        |buffer: &mut Vec<u8>| buffer.fill(0),
    )
    .with_retained_bytes(2 * WARM * bytes, Vec::capacity);
    used(&mut pool.get(), bytes);
    b.iter(|| used(&mut pool.get(), bytes));
}

pub(super) fn object_pool(b: &mut Bencher, bytes: usize) {
    let pool = ::object_pool::Pool::new(WARM, || fresh(bytes));
    b.iter(|| {
        let mut buffer = pool.pull(|| fresh(bytes));
        used(&mut buffer, bytes);
        buffer.fill(0);
    });
}

struct Buffers(usize);

impl PoolAllocator<Vec<u8>> for Buffers {
    fn allocate(&self) -> Vec<u8> {
        fresh(self.0)
    }

    fn reset(&self, buffer: &mut Vec<u8>) {
        buffer.fill(0);
    }
}

pub(super) fn opool(b: &mut Bencher, bytes: usize) {
    let pool = ::opool::Pool::new_prefilled(WARM, Buffers(bytes));
    b.iter(|| used(&mut pool.get(), bytes));
}

pub(super) fn lockfree(b: &mut Bencher, bytes: usize) {
    let pool = LinearObjectPool::new(move || fresh(bytes), |buffer: &mut Vec<u8>| buffer.fill(0));
    used(&mut pool.pull(), bytes);
    b.iter(|| used(&mut pool.pull(), bytes));
}

/// A buffer that is cleared by what sharded-slab asks of its values, which it makes empty.
#[derive(Default)]
struct Cleared(Vec<u8>);

impl sharded_slab::Clear for Cleared {
    fn clear(&mut self) {
        self.0.fill(0);
    }
}

pub(super) fn sharded(b: &mut Bencher, bytes: usize) {
    let pool: sharded_slab::Pool<Cleared> = sharded_slab::Pool::new();
    let use_one = || {
        let key = pool.create_with(|buffer| {
            buffer.0.resize(bytes, 0);
            used(&mut buffer.0, bytes);
        });
        key.is_some_and(|key| pool.clear(key))
    };
    assert!(use_one());
    b.iter(use_one);
}
