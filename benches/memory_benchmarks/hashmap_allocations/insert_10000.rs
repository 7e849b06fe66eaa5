//! 10,000 numbers are inserted into a map without a known size, or into a vector that is sorted
//! afterwards.

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;

use heapmark::Bencher;
use indexmap::IndexMap;

heapmark::question! {
    "insert 10,000 entries";

    /// Thirteen tables, each twice as large as the one before. Together they request twice the
    /// bytes of the last one.
    std as "HashMap": allocs == 13, reallocs == 0, retained == 0;
    /// One table of 16,384 slots.
    reserved as "HashMap::with_capacity": allocs == 1, reallocs == 0, retained == 0;
    /// The entries grow like a vector, in addition to the tables of indices.
    index as "IndexMap": allocs == 14, reallocs == 12, retained == 0;
    /// One node for six entries, because rising keys leave each node half full.
    btree as "BTreeMap": allocs == 1666, reallocs == 0, retained == 0;
    /// A vector that is sorted once and searched by bisection: one block that grows.
    sorted as "Vec, sorted once": allocs == 1, reallocs == 12, retained == 0;
}

fn std(b: &mut Bencher) {
    let fill = || {
        let mut map = HashMap::new();
        for key in 0..black_box(10_000_u64) {
            map.insert(key, key);
        }
        map
    };
    assert_eq!(fill().len(), 10_000);
    b.iter(fill);
}

fn reserved(b: &mut Bencher) {
    let fill = || {
        let mut map = HashMap::with_capacity(black_box(10_000));
        for key in 0..black_box(10_000_u64) {
            map.insert(key, key);
        }
        map
    };
    assert_eq!(fill().len(), 10_000);
    b.iter(fill);
}

fn index(b: &mut Bencher) {
    let fill = || {
        let mut map = IndexMap::new();
        for key in 0..black_box(10_000_u64) {
            map.insert(key, key);
        }
        map
    };
    assert_eq!(fill().len(), 10_000);
    b.iter(fill);
}

fn btree(b: &mut Bencher) {
    let fill = || {
        let mut map = BTreeMap::new();
        for key in 0..black_box(10_000_u64) {
            map.insert(key, key);
        }
        map
    };
    assert_eq!(fill().len(), 10_000);
    b.iter(fill);
}

fn sorted(b: &mut Bencher) {
    let fill = || {
        let mut entries = Vec::new();
        (0..black_box(10_000_u64)).for_each(|key| entries.push((key, key)));
        entries.sort_unstable();
        entries
    };
    assert_eq!(fill().len(), 10_000);
    b.iter(fill);
}
