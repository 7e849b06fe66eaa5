//! A thousand texts of 16 bytes let go of, in each way of keeping them.

use std::hint::black_box;

use bumpalo::Bump;
use heapmark::{BatchSize, Bencher};

heapmark::question! {
    "drop 1,000 texts";

    /// A free for each, and one for the vector.
    strings as "Vec<String>": allocs == 0, frees == 1001, retained == 0;
    /// The same in 8 B less each.
    boxes as "Vec<Box<str>>": allocs == 0, frees == 1001, retained == 0;
    /// One text and the places where each ends: two frees.
    joined as "String and Vec<u32>": allocs == 0, frees == 2, retained == 0;
    /// Types that keep short texts in themselves have nothing else to free.
    inline as "Vec<CompactString>": allocs == 0, frees == 1, retained == 0;
    /// An arena frees its few blocks, whatever is in them.
    arena as "bumpalo": allocs == 0, frees <= 6, retained == 0;
    /// An arena that is reset keeps its largest block, which goes when the arena does.
    reset as "Bump::reset": allocs == 0, frees == 6, drop_frees == 1, retained == 0;
}

fn texts() -> impl Iterator<Item = String> {
    (0..black_box(1000)).map(|n| format!("text number {n:04}"))
}

fn strings(b: &mut Bencher) {
    b.iter_batched(
        || texts().collect::<Vec<String>>(),
        drop,
        BatchSize::LargeInput,
    );
}

fn boxes(b: &mut Bencher) {
    let make = || {
        texts()
            .map(String::into_boxed_str)
            .collect::<Vec<Box<str>>>()
    };
    b.iter_batched(make, drop, BatchSize::LargeInput);
}

fn joined(b: &mut Bencher) {
    let make = || {
        let (mut all, mut ends) = (String::new(), Vec::new());
        for text in texts() {
            all.push_str(&text);
            ends.push(all.len() as u32);
        }
        (all, ends)
    };
    assert_eq!(make().0.len(), 16_000);
    b.iter_batched(make, drop, BatchSize::LargeInput);
}

fn inline(b: &mut Bencher) {
    let make = || {
        texts()
            .map(|text| text.as_str().into())
            .collect::<Vec<compact_str::CompactString>>()
    };
    b.iter_batched(make, drop, BatchSize::LargeInput);
}

/// An arena with all texts in it.
fn filled() -> Bump {
    let arena = Bump::new();
    texts().for_each(|text| {
        black_box(arena.alloc_str(&text));
    });
    arena
}

fn arena(b: &mut Bencher) {
    b.iter_batched(filled, drop, BatchSize::LargeInput);
}

fn reset(b: &mut Bencher) {
    b.iter_batched_ref(filled, Bump::reset, BatchSize::LargeInput);
}
