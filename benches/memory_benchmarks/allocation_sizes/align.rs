//! 64 bytes at increasing alignments. For a large alignment, an allocator may search for a larger
//! block and round up the address. Requested bytes do not show this, but times do.

use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "box 64 bytes at an alignment";

    /// The alignment of every block.
    by_8 as "8": allocs == 1, bytes == 64, retained == 0;
    /// The alignment for SIMD.
    by_32 as "32": allocs == 1, bytes == 64, retained == 0;
    /// The alignment of a cache line.
    by_64 as "64": allocs == 1, bytes == 64, retained == 0;
    /// The size of a value is a multiple of its alignment: 512 B.
    by_512 as "512": allocs == 1, bytes == 512, retained == 0;
    /// The alignment of a page.
    by_4096 as "4096": allocs == 1, bytes == 4096, retained == 0;
}

/// Defines a case that boxes a value with this alignment.
macro_rules! aligned {
    ($name:ident, $align:literal) => {
        fn $name(b: &mut Bencher) {
            #[derive(Clone, Copy)]
            #[repr(align($align))]
            struct Aligned([u8; 64]);
            let boxed = Box::new(Aligned([7; 64]));
            assert_eq!(
                (&raw const *boxed).addr() % $align + usize::from(boxed.0[0]),
                7
            );
            b.iter(|| Box::new(black_box(Aligned([7; 64]))));
        }
    };
}

aligned!(by_8, 8);
aligned!(by_32, 32);
aligned!(by_64, 64);
aligned!(by_512, 512);
aligned!(by_4096, 4096);
