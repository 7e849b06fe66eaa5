//! The cost of dropping. The setup makes the values, and is neither timed nor counted.

mod drop_a_list;
mod drop_a_map;
mod drop_a_tree;
mod drop_texts;

use std::collections::HashMap;
use std::hint::black_box;

use heapmark::{BatchSize, Bencher};

heapmark::group! {
    /// Dropping existing values; the routine is only the drop.
    drop_timing;

    /// A vector of 100 B takes one free.
    drop_small_vec: allocs == 0, frees == 1, reallocs == 0, bytes == 0, peak == 0, retained == 0;

    /// A vector of 100,000 B also takes one free: the number of blocks matters, not their size.
    drop_large_vec: allocs == 0, frees == 1, reallocs == 0, bytes == 0, peak == 0, retained == 0;

    /// 100 vectors of ten strings take 1,101 frees: each string, each vector and the outer vector.
    drop_nested_structure: allocs == 0, frees == 1_101, reallocs == 0, bytes == 0, peak == 0,
        retained == 0;

    /// A map of 1,000 owned keys and values takes 2,001 frees: each key, each value and the table.
    drop_hashmap: allocs == 0, frees == 2_001, reallocs == 0, bytes == 0, peak == 0, retained == 0;

    question drop_texts;
    question drop_a_list;
    question drop_a_map;
    question drop_a_tree;
}

fn drop_small_vec(b: &mut Bencher) {
    b.iter_batched(|| vec![0_u8; 100], drop, BatchSize::SmallInput);
}

fn drop_large_vec(b: &mut Bencher) {
    b.iter_batched(|| vec![0_u8; 100_000], drop, BatchSize::LargeInput);
}

fn drop_nested_structure(b: &mut Bencher) {
    b.iter_batched(nested, drop, BatchSize::LargeInput);
}

fn nested() -> Vec<Vec<String>> {
    (0..100)
        .map(|outer| {
            (0..10)
                .map(|inner| format!("item_{outer}_{inner}"))
                .collect()
        })
        .collect()
}

fn drop_hashmap(b: &mut Bencher) {
    b.iter_batched(map, drop, BatchSize::LargeInput);
}

fn map() -> HashMap<String, Vec<u8>> {
    (0..1_000)
        .map(|number| (format!("key_{number}"), vec![0; black_box(100)]))
        .collect()
}
