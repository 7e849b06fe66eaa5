//! 100 buffers of 1 KiB are taken at once and returned to a pool for eight: how much the pool
//! keeps. One iteration creates the pool, takes the buffers and returns the pool, so peak and drop
//! show what it keeps.

use std::hint::black_box;

use heapmark::Bencher;
use heapmark::pool::Pool;
use lockfree_object_pool::LinearObjectPool;

heapmark::question! {
    "keep after a burst of 100 buffers";

    /// heapmark's pool keeps at most eight buffers and frees the others at once. Nine frees remain
    /// for the end: the eight buffers and their list.
    heapmark as "heapmark::pool": peak >= 100 * BUFFER, drop_frees == 9, retained == 0;
    /// object-pool has no limit: it also keeps the buffers above its capacity.
    object_pool as "object-pool": peak >= 100 * BUFFER, drop_frees == 101, retained == 0;
    /// lockfree-object-pool has no limit either, and its pages have 64 slots each.
    lockfree as "lockfree-object-pool": peak >= 100 * BUFFER, drop_frees == 131, retained == 0;
}

const BUFFER: usize = 1024;
const BURST: usize = 100;
const WARM: usize = 8;

fn fresh() -> Vec<u8> {
    vec![0; black_box(BUFFER)]
}

fn heapmark(b: &mut Bencher) {
    b.iter(|| {
        let pool = Pool::new(WARM, fresh, |buffer| buffer.fill(0))
            .with_retained_bytes(WARM * BUFFER, Vec::capacity);
        let taken: Vec<_> = (0..BURST).map(|_| pool.get()).collect();
        drop(taken);
        pool
    });
}

fn object_pool(b: &mut Bencher) {
    b.iter(|| {
        let pool = ::object_pool::Pool::new(WARM, fresh);
        let taken: Vec<_> = (0..BURST).map(|_| pool.pull(fresh)).collect();
        drop(taken);
        pool
    });
}

fn lockfree(b: &mut Bencher) {
    b.iter(|| {
        let pool = LinearObjectPool::new(fresh, |buffer| buffer.fill(0));
        let taken: Vec<_> = (0..BURST).map(|_| pool.pull()).collect();
        drop(taken);
        pool
    });
}
