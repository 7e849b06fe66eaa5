//! A hundred buffers of 1 KiB taken at once and given back: what a pool built for eight keeps. The
//! pool is made, met by the burst and kept in one iteration, so that peak and drop tell it.

use std::hint::black_box;

use heapmark::Bencher;
use heapmark::pool::Pool;
use lockfree_object_pool::LinearObjectPool;

heapmark::question! {
    "keep after a burst of 100 buffers";

    /// heapmark's pool keeps the eight that it is bounded to, and frees the others at once: nine frees are
    /// left for the end, with the list of the eight.
    heapmark as "heapmark::pool": peak >= 100 * BUFFER, drop_frees == 9, retained == 0;
    /// object-pool has no bound: what it handed out above its capacity stays as well.
    object_pool as "object-pool": peak >= 100 * BUFFER, drop_frees == 101, retained == 0;
    /// lockfree-object-pool has no bound either, and its pages hold 64 places each.
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
