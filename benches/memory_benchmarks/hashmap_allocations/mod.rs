//! Allocations of `HashMap` while it is filled. Other maps and hashers have separate questions.
//!
//! The bytes of a table depend on the width of the processor's vectors and on growth steps that std
//! does not document, so the assertions bound them. The numbers of blocks are exact if the capacity
//! is known. Hash seeds have no effect: a table that only receives inserts grows only with the
//! number of its entries.

mod churn;
mod count_words;
mod insert_100;
mod insert_10000;

use std::collections::HashMap;
use std::hint::black_box;

use heapmark::Bencher;

heapmark::group! {
    /// Filling, cloning and changing maps.
    hashmap_allocations;

    /// A map that grows to 100 entries allocates up to six tables and frees all but the last; each
    /// value is one more allocation.
    hashmap_insert_no_capacity: allocs >= 102, allocs <= 106, reallocs == 0, drop_frees == 101,
        bytes >= 790 + 100 * ENTRY, bytes <= 10_000, peak >= 790 + 100 * ENTRY, peak <= 7_100,
        retained == 0;

    /// With a known capacity there is one table and no entry is moved: 101 allocations for 100
    /// values.
    hashmap_insert_with_capacity: allocs == 101, frees == 101, reallocs == 0, drop_frees == 101,
        bytes >= 790 + 100 * ENTRY, bytes <= 5_500, peak >= 790 + 100 * ENTRY, peak <= 5_500,
        retained == 0;

    /// Owned keys cost the same as owned values: one allocation each, in addition to the table.
    hashmap_string_keys: allocs == 101, frees == 101, reallocs == 0, drop_frees == 101,
        bytes >= 590 + 100 * ENTRY, bytes <= 5_100, peak >= 590 + 100 * ENTRY, peak <= 5_100,
        retained == 0;

    /// A clone copies the table with its spare capacity, and each value at its exact length.
    hashmap_clone_100: allocs == 101, frees == 101, reallocs == 0, drop_frees == 101,
        bytes >= 790 + 100 * ENTRY, bytes <= 5_100, peak >= 790 + 100 * ENTRY, peak <= 5_100,
        retained == 0;

    question insert_100;
    question insert_10000;
    question churn;
    question count_words;
}

/// Size of an entry in the table, without the content of its string.
const ENTRY: usize = size_of::<(i32, String)>();

fn hashmap_insert_no_capacity(b: &mut Bencher) {
    b.iter(|| with_values(HashMap::new()));
}

fn hashmap_insert_with_capacity(b: &mut Bencher) {
    b.iter(|| with_values(HashMap::with_capacity(black_box(100))));
}

fn with_values(mut map: HashMap<i32, String>) -> HashMap<i32, String> {
    for number in 0..black_box(100) {
        map.insert(number, format!("value_{number}"));
    }
    map
}

fn hashmap_string_keys(b: &mut Bencher) {
    b.iter(|| {
        let mut map = HashMap::with_capacity(black_box(100));
        for number in 0..black_box(100) {
            map.insert(format!("key_{number}"), number);
        }
        map
    });
}

fn hashmap_clone_100(b: &mut Bencher) {
    let source = with_values(HashMap::new());
    b.iter(|| black_box(&source).clone());
}
