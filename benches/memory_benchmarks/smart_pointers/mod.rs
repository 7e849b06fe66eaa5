//! Allocations for owning and sharing one value. Trees and graphs have separate questions.

mod build_a_tree;
mod know_the_parent;
mod make_one;
mod share_one;

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use heapmark::Bencher;

heapmark::group! {
    /// Boxing and sharing one value.
    smart_pointers;

    /// A box allocates only the value, without a header: 8 B for an `i64`.
    box_new: allocs == 1, frees == 1, reallocs == 0, bytes == 8, peak == 8, retained == 0;

    /// A box of 1 KiB is also one allocation of exactly that size.
    box_large_struct: allocs == 1, frees == 1, reallocs == 0, bytes == 1024, peak == 1024,
        retained == 0;

    /// An `Arc` stores its two counters next to the value, in one allocation.
    arc_new: allocs == 1, frees == 1, reallocs == 0, bytes == COUNTERS + 8, peak == COUNTERS + 8,
        retained == 0;

    /// A clone of an `Arc` increments a counter. Neither the clone nor its drop touches the heap.
    arc_clone: allocs == 0, frees == 0, reallocs == 0, bytes == 0, peak == 0, retained == 0;

    /// An `Rc` is as large as an `Arc`: it saves atomic operations, not memory.
    rc_new: allocs == 1, frees == 1, reallocs == 0, bytes == COUNTERS + 8, peak == COUNTERS + 8,
        retained == 0;

    question make_one;
    question share_one;
    question build_a_tree;
    question know_the_parent;
}

/// Size of the strong and the weak counter in bytes.
const COUNTERS: usize = 2 * size_of::<usize>();

struct Large {
    _content: [u8; 1024],
}

fn box_new(b: &mut Bencher) {
    b.iter(|| Box::new(black_box(42_i64)));
}

fn box_large_struct(b: &mut Bencher) {
    b.iter(|| {
        Box::new(Large {
            _content: [black_box(0); 1024],
        })
    });
}

fn arc_new(b: &mut Bencher) {
    b.iter(|| Arc::new(black_box(42_i64)));
}

fn arc_clone(b: &mut Bencher) {
    let shared = Arc::new(42_i64);
    b.iter(|| Arc::clone(black_box(&shared)));
}

fn rc_new(b: &mut Bencher) {
    b.iter(|| Rc::new(black_box(42_i64)));
}
