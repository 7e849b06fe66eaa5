//! A buffer of 1 KiB, where the pool itself is what takes time.

use heapmark::Bencher;

use super::pools;

heapmark::question! {
    "borrow a 1 KiB buffer";

    /// Without a pool each use is a block of its own.
    none: allocs == 1, frees == 1, reallocs == 0, bytes == BUFFER, peak == BUFFER, retained == 0;
    /// heapmark's pool clears the buffer as it comes back, and is bounded in number and bytes.
    heapmark as "heapmark::pool": allocs == 0, bytes == 0, peak == 0, retained == 0;
    /// object-pool hands out a buffer as it was left; the case clears it.
    object_pool as "object-pool": allocs == 0, bytes == 0, retained == 0;
    /// opool clears by what it was told, and is bounded in number.
    opool as "opool": allocs == 0, bytes == 0, retained == 0;
    /// lockfree-object-pool clears by what it was told, and keeps whatever comes back.
    lockfree as "lockfree-object-pool": allocs == 0, bytes == 0, retained == 0;
    /// sharded-slab clears and hands out a place of its slab.
    sharded as "sharded-slab": allocs == 0, bytes == 0, retained == 0;
}

const BUFFER: usize = 1024;

fn none(b: &mut Bencher) {
    pools::none(b, BUFFER);
}

fn heapmark(b: &mut Bencher) {
    pools::heapmark(b, BUFFER);
}

fn object_pool(b: &mut Bencher) {
    pools::object_pool(b, BUFFER);
}

fn opool(b: &mut Bencher) {
    pools::opool(b, BUFFER);
}

fn lockfree(b: &mut Bencher) {
    pools::lockfree(b, BUFFER);
}

fn sharded(b: &mut Bencher) {
    pools::sharded(b, BUFFER);
}
