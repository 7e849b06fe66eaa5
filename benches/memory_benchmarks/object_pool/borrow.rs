//! A zeroed buffer is borrowed from pools that were filled beforehand: one of 1 KiB, for which most
//! of the time is spent in the pool, and one of 64 KiB, for which most of the time is spent
//! clearing it.

use std::hint::black_box;

use heapmark::Bencher;
use heapmark::pool::Pool;
use lockfree_object_pool::LinearObjectPool;
use opool::PoolAllocator;

/// The number of buffers in a pool.
const WARM: usize = 8;

fn fresh(bytes: usize) -> Vec<u8> {
    vec![0; black_box(bytes)]
}

/// Checks that the buffer is clear, then writes to it.
fn used(buffer: &mut [u8], bytes: usize) {
    assert_eq!((buffer.len(), buffer[0]), (bytes, 0));
    black_box(buffer)[0] = 1;
}

fn none(b: &mut Bencher, bytes: usize) {
    b.iter(|| used(&mut fresh(bytes), bytes));
}

fn heapmark(b: &mut Bencher, bytes: usize) {
    let pool = Pool::new(
        WARM,
        move || fresh(bytes),
        |buffer: &mut Vec<u8>| buffer.fill(0),
    )
    .with_retained_bytes(2 * WARM * bytes, Vec::capacity);
    used(&mut pool.get(), bytes);
    b.iter(|| used(&mut pool.get(), bytes));
}

fn object_pool(b: &mut Bencher, bytes: usize) {
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

fn opool(b: &mut Bencher, bytes: usize) {
    let pool = ::opool::Pool::new_prefilled(WARM, Buffers(bytes));
    b.iter(|| used(&mut pool.get(), bytes));
}

fn lockfree(b: &mut Bencher, bytes: usize) {
    let pool = LinearObjectPool::new(move || fresh(bytes), |buffer: &mut Vec<u8>| buffer.fill(0));
    used(&mut pool.pull(), bytes);
    b.iter(|| used(&mut pool.pull(), bytes));
}

/// A buffer with sharded-slab's trait for clearing. The slab creates it empty.
#[derive(Default)]
struct Cleared(Vec<u8>);

impl sharded_slab::Clear for Cleared {
    fn clear(&mut self) {
        self.0.fill(0);
    }
}

fn sharded(b: &mut Bencher, bytes: usize) {
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

/// Defines the question for a buffer of this size, with a case for every pool.
macro_rules! borrow {
    ($module:ident, $question:literal, $bytes:expr) => {
        pub(super) mod $module {
            use heapmark::Bencher;

            const BUFFER: usize = $bytes;

            heapmark::question! {
                $question;

                /// Without a pool, each use allocates a block.
                none: allocs == 1, frees == 1, reallocs == 0, bytes == BUFFER, peak == BUFFER,
                    retained == 0;
                /// heapmark's pool clears a returned buffer, and limits both number and bytes.
                heapmark as "heapmark::pool": allocs == 0, frees == 0, reallocs == 0, bytes == 0,
                    peak == 0, retained == 0;
                /// object-pool returns buffers as they were left; the case clears them.
                object_pool as "object-pool": allocs == 0, bytes == 0, retained == 0;
                /// opool clears buffers with a given function, and limits their number.
                opool as "opool": allocs == 0, bytes == 0, retained == 0;
                /// lockfree-object-pool clears buffers with a given function, and keeps every
                /// returned buffer.
                lockfree as "lockfree-object-pool": allocs == 0, bytes == 0, retained == 0;
                /// sharded-slab clears a buffer and reuses a slot of its slab.
                sharded as "sharded-slab": allocs == 0, bytes == 0, retained == 0;
            }

            borrow!(none heapmark object_pool opool lockfree sharded);
        }
    };
    ($($answer:ident)+) => {
        $(fn $answer(b: &mut Bencher) {
            super::$answer(b, BUFFER);
        })+
    };
}

borrow!(borrow_1_kib, "borrow a 1 KiB buffer", 1024);
borrow!(borrow_64_kib, "borrow a 64 KiB buffer", 64 * 1024);
