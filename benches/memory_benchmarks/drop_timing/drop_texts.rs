//! 1,000 texts of 16 bytes are dropped, stored in different ways.

use std::hint::black_box;

use bumpalo::Bump;
use heapmark::{BatchSize, Bencher};

heapmark::question! {
    "drop 1,000 texts";

    /// One free for each text, and one for the vector.
    strings as "Vec<String>": allocs == 0, frees == 1001, retained == 0;
    /// The same number of frees; each element of the vector is 8 B smaller.
    boxes as "Vec<Box<str>>": allocs == 0, frees == 1001, retained == 0;
    /// One joined text and the positions at which each part ends: two frees.
    joined as "String and Vec<u32>": allocs == 0, frees == 2, retained == 0;
    /// A type that stores short texts inline has only the vector to free.
    inline as "Vec<CompactString>": allocs == 0, frees == 1, retained == 0;
    /// An arena frees its few blocks, whatever they contain.
    arena as "bumpalo": allocs == 0, frees <= 6, retained == 0;
    /// An arena that is reset keeps its largest block, and frees it when the arena is dropped.
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

/// An arena that contains all texts.
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
