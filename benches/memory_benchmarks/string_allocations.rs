use std::hint::black_box;

use heapmark::Bencher;

heapmark::group! {
    /// Making, growing and joining strings.
    string_allocations;

    /// Five bytes on the heap: `String` has no small-string storage.
    small_string_new: allocs == 1, frees == 1, reallocs == 0, bytes == 5, peak == 5, retained == 0;
}

fn small_string_new(b: &mut Bencher) {
    b.iter(|| String::from(black_box("hello")));
}
