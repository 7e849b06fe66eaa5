//! What `HashMap` asks of the heap as it is filled. Not for other maps or hashers: they answer
//! questions of their own.
//!
//! A table's bytes depend on the width of the processor's vectors and on growth steps that std
//! does not document, so they are bounded here, while the numbers of blocks are exact where the
//! capacity is known. Hash seeds do not show: a table that is only inserted into grows by the
//! number of its entries alone.

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

    /// A map that grows to 100 entries builds several tables on the way, up to six, and frees all
    /// but the last; each value is one more allocation.
    hashmap_insert_no_capacity: allocs >= 102, allocs <= 106, reallocs == 0, drop_frees == 101,
        bytes >= 790 + 100 * ENTRY, bytes <= 10_000, peak >= 790 + 100 * ENTRY, peak <= 7_100,
        retained == 0;

    /// With the capacity known there is one table and nothing is moved: 101 allocations for 100
    /// values.
    hashmap_insert_with_capacity: allocs == 101, frees == 101, reallocs == 0, drop_frees == 101,
        bytes >= 790 + 100 * ENTRY, bytes <= 5_500, peak >= 790 + 100 * ENTRY, peak <= 5_500,
        retained == 0;

    /// Owned keys cost what owned values cost: one allocation each beside the table.
    hashmap_string_keys: allocs == 101, frees == 101, reallocs == 0, drop_frees == 101,
        bytes >= 590 + 100 * ENTRY, bytes <= 5_100, peak >= 590 + 100 * ENTRY, peak <= 5_100,
        retained == 0;

    /// A clone copies the table with its spare room and each value at its exact length.
    hashmap_clone_100: allocs == 101, frees == 101, reallocs == 0, drop_frees == 101,
        bytes >= 790 + 100 * ENTRY, bytes <= 5_100, peak >= 790 + 100 * ENTRY, peak <= 5_100,
        retained == 0;

    question insert_100;
    question insert_10000;
    question churn;
    question count_words;
}

/// Bytes of an entry in the table, its string's content aside.
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
