//! One allocation at increasing sizes. It does not show how allocators round sizes: bytes are
//! requested bytes.

mod align;
mod allocate_and_free;
mod free_in_an_order;
mod grow;

use std::hint::black_box;

use heapmark::Bencher;

heapmark::group! {
    /// Allocating and freeing memory: by size, alignment, growth and order. The parameter is a size
    /// in bytes.
    allocation_sizes;

    /// A vector of `n` zeros is one allocation of `n` bytes, requested as zeroed memory.
    vec_alloc(n in [64, 256, 1024, 4096, 16_384, 65_536]): allocs == 1, frees == 1, reallocs == 0,
        bytes == n, peak == n, retained == 0;

    /// A string of `n` repeated characters is one allocation of `n` bytes, which is written
    /// completely.
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
