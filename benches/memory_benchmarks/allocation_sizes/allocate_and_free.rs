//! One block asked for and given back, from the smallest to those that an allocator maps apart.
//! The time shows where it changes its ways; the counts only that nothing else is asked for.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "allocate and free n bytes";

    /// A block as the allocator has it.
    plain as "alloc"(n in [8, 64, 512, 4096, 65_536, 1 << 20, 16 << 20]): allocs == 1, frees == 1,
        bytes == n, peak == n, retained == 0;
    /// A block of zeros. One that was used before is written over; only memory that is new from the
    /// system comes as zeros.
    zeroed as "alloc_zeroed"(n in [8, 64, 512, 4096, 65_536, 1 << 20, 16 << 20]): allocs == 1,
        frees == 1, bytes == n, peak == n, retained == 0;
}

/// Measures one block that `get` gets.
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
            // SAFETY: the block was got with this layout, and is given back once.
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
