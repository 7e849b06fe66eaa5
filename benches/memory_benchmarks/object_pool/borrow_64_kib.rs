//! A buffer of 64 KiB, zeroed and ready for use, from pools that were filled beforehand.

use std::hint::black_box;

use heapmark::Bencher;
use heapmark::pool::Pool;
use lockfree_object_pool::LinearObjectPool;
use opool::PoolAllocator;

heapmark::question! {
    "borrow a 64 KiB buffer";

    /// Without a pool each use is a block of its own.
    none: allocs == 1, bytes == BUFFER, retained == 0;
    /// heapmark's pool clears the buffer as it comes back, and is bounded in number and bytes.
    heapmark as "heapmark::pool": allocs == 0, bytes == 0, retained == 0;
    /// object-pool hands out a buffer as it was left; the case clears it.
    object_pool as "object-pool": allocs == 0, bytes == 0, retained == 0;
    /// opool clears by what it was told, and is bounded in number.
    opool as "opool": allocs == 0, bytes == 0, retained == 0;
    /// lockfree-object-pool clears by what it was told, and keeps whatever comes back.
    lockfree as "lockfree-object-pool": allocs == 0, bytes == 0, retained == 0;
    /// sharded-slab clears and hands out a place of its slab.
    sharded as "sharded-slab": allocs == 0, bytes == 0, retained == 0;
}

const BUFFER: usize = 64 * 1024;

/// Buffers in a pool.
const WARM: usize = 8;

fn fresh() -> Vec<u8> {
    vec![0; black_box(BUFFER)]
}

/// A user that spoils the buffer, after seeing that nobody else has.
fn used(buffer: &mut [u8]) {
    assert_eq!((buffer.len(), buffer[0]), (BUFFER, 0));
    black_box(buffer)[0] = 1;
}

fn none(b: &mut Bencher) {
    b.iter(|| used(&mut fresh()));
}

fn heapmark(b: &mut Bencher) {
    let pool = Pool::new(WARM, fresh, |buffer| buffer.fill(0))
        .with_retained_bytes(2 * WARM * BUFFER, Vec::capacity);
    used(&mut pool.get());
    b.iter(|| used(&mut pool.get()));
}

fn object_pool(b: &mut Bencher) {
    let pool = ::object_pool::Pool::new(WARM, fresh);
    b.iter(|| {
        let mut buffer = pool.pull(fresh);
        used(&mut buffer);
        buffer.fill(0);
    });
}

struct Buffers;

impl PoolAllocator<Vec<u8>> for Buffers {
    fn allocate(&self) -> Vec<u8> {
        fresh()
    }

    fn reset(&self, buffer: &mut Vec<u8>) {
        buffer.fill(0);
    }
}

fn opool(b: &mut Bencher) {
    let pool = ::opool::Pool::new_prefilled(WARM, Buffers);
    b.iter(|| used(&mut pool.get()));
}

fn lockfree(b: &mut Bencher) {
    let pool = LinearObjectPool::new(fresh, |buffer| buffer.fill(0));
    used(&mut pool.pull());
    b.iter(|| used(&mut pool.pull()));
}

/// A buffer that is cleared by what sharded-slab asks of its values.
struct Cleared(Vec<u8>);

impl Default for Cleared {
    fn default() -> Self {
        Self(fresh())
    }
}

impl sharded_slab::Clear for Cleared {
    fn clear(&mut self) {
        self.0.fill(0);
    }
}

fn sharded(b: &mut Bencher) {
    let pool: sharded_slab::Pool<Cleared> = sharded_slab::Pool::new();
    let use_one = || {
        let key = pool.create_with(|buffer| used(&mut buffer.0));
        key.is_some_and(|key| pool.clear(key))
    };
    assert!(use_one());
    b.iter(use_one);
}
