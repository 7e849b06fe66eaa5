//! One block is allocated and freed, from the smallest sizes to those that an allocator maps
//! separately. Times show at which size the allocator's method changes; counts show only that
//! nothing else is allocated.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "allocate and free n bytes";

    /// A block without defined content.
    plain as "alloc"(n in [8, 64, 512, 4096, 65_536, 1 << 20, 16 << 20]): allocs == 1, frees == 1,
        bytes == n, peak == n, retained == 0;
    /// A block of zeros. A reused block must be overwritten; only memory that is new from the
    /// system is already zero.
    zeroed as "alloc_zeroed"(n in [8, 64, 512, 4096, 65_536, 1 << 20, 16 << 20]): allocs == 1,
        frees == 1, bytes == n, peak == n, retained == 0;
}

/// Measures one block that `get` allocates.
fn measure(b: &mut Bencher, n: usize, get: unsafe fn(Layout) -> *mut u8) {
    let Ok(layout) = Layout::from_size_align(n, 8) else {
        return;
    };
    b.iter(|| {
        // SAFETY: no case has a size of zero.
        let block = unsafe { get(black_box(layout)) };
        if !block.is_null() {
            // SAFETY: the block holds at least one byte.
            unsafe { black_box(block).write(1) };
            // SAFETY: the block was allocated with this layout, and is freed once.
            unsafe { dealloc(block, layout) };
        }
    });
}

fn plain(b: &mut Bencher, n: usize) {
    measure(b, n, alloc);
}

fn zeroed(b: &mut Bencher, n: usize) {
    measure(b, n, alloc_zeroed);
}
