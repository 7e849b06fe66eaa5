//! Allocations of `Vec` while it is filled. Other sequences have separate questions.

mod collect_items;
mod hold_a_table;
mod push_items;
mod reorder_items;

use std::hint::black_box;

use heapmark::Bencher;

heapmark::group! {
    /// Filling, collecting, cloning and reordering vectors of 4 B integers.
    vec_allocations;

    /// Pushing 100 items without a capacity starts with 4 and doubles five times, up to 128.
    vec_push_no_capacity: allocs == 1, frees == 1, reallocs == 5, bytes == 128 * INT,
        peak == 128 * INT, retained == 0;

    /// With a known capacity, pushing 100 items takes one allocation of exactly their size.
    vec_push_with_capacity: allocs == 1, frees == 1, reallocs == 0, bytes == 100 * INT,
        peak == 100 * INT, retained == 0;

    /// Collecting an iterator of known length costs the same as reserving the capacity.
    vec_from_iter: allocs == 1, frees == 1, reallocs == 0, bytes == 100 * INT, peak == 100 * INT,
        retained == 0;

    /// A clone of 1,000 items allocates their length, without the spare capacity of the source.
    vec_clone_1000: allocs == 1, frees == 1, reallocs == 0, bytes == 1000 * INT,
        peak == 1000 * INT, retained == 0;

    /// Ten inner vectors of 0, 10, … 90 items take ten allocations, not eleven: one for the outer
    /// vector and one for each inner vector that is not empty.
    vec_nested: allocs == 10, frees == 10, reallocs == 0,
        bytes == 10 * size_of::<Vec<i32>>() + 450 * INT,
        peak == 10 * size_of::<Vec<i32>>() + 450 * INT, retained == 0;

    question collect_items;
    question push_items;
    question hold_a_table;
    question reorder_items;
}

/// Size of an item in bytes.
const INT: usize = size_of::<i32>();

fn vec_push_no_capacity(b: &mut Bencher) {
    b.iter(|| pushed(Vec::new()));
}

fn vec_push_with_capacity(b: &mut Bencher) {
    b.iter(|| pushed(Vec::with_capacity(black_box(100))));
}

fn pushed(mut items: Vec<i32>) -> Vec<i32> {
    for item in 0..black_box(100) {
        items.push(item);
    }
    items
}

fn vec_from_iter(b: &mut Bencher) {
    b.iter(|| (0..black_box(100)).collect::<Vec<i32>>());
}

fn vec_clone_1000(b: &mut Bencher) {
    let mut source: Vec<i32> = Vec::with_capacity(2000);
    source.extend(0..1000);
    b.iter(|| black_box(&source).clone());
}

fn vec_nested(b: &mut Bencher) {
    b.iter(|| -> Vec<Vec<i32>> {
        (0..black_box(10))
            .map(|tens| (0..tens * 10).collect())
            .collect()
    });
}
