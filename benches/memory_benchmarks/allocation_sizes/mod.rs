//! One allocation at growing sizes. Not for the allocator's own rounding: bytes are as requested.

mod align;
mod allocate_and_free;
mod free_in_an_order;
mod grow;

use std::hint::black_box;

use heapmark::Bencher;

heapmark::group! {
    /// Asking for memory and giving it back: by size, alignment, growth and order. A parameter is
    /// a size in bytes.
    allocation_sizes;

    /// A vector of `n` zeros is one allocation of `n` bytes, asked for as zeroed memory.
    vec_alloc(n in [64, 256, 1024, 4096, 16_384, 65_536]): allocs == 1, frees == 1, reallocs == 0,
        bytes == n, peak == n, retained == 0;

    /// A string of `n` repeated characters is one allocation of `n` bytes, written in full.
    string_alloc(n in [64, 256, 1024, 4096, 16_384, 65_536]): allocs == 1, frees == 1,
        reallocs == 0, bytes == n, peak == n, retained == 0;

    question allocate_and_free;
    question align;
    question grow;
    question free_in_an_order;
}

fn vec_alloc(b: &mut Bencher, n: usize) {
    b.iter(|| vec![0_u8; black_box(n)]);
}

fn string_alloc(b: &mut Bencher, n: usize) {
    b.iter(|| black_box("x").repeat(black_box(n)));
}
