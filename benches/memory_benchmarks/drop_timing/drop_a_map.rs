//! A map of 100 maps of ten numbers is dropped.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::hint::black_box;

use heapmark::{BatchSize, Bencher};
use rustc_hash::FxHasher;

heapmark::question! {
    "drop a map of 100 maps of 10";

    /// One free for each table: 100 inner ones and the outer one.
    hash as "HashMap": allocs == 0, frees == 101, retained == 0;
    /// One free for the node of each inner map, and for each node of the outer map.
    btree as "BTreeMap": allocs == 0, frees >= 110, retained == 0;
    /// One map with pairs as keys has one table.
    pairs as "HashMap<(u32, u32), u32>": allocs == 0, frees == 1, retained == 0;
}

type Fixed = BuildHasherDefault<FxHasher>;

fn hash(b: &mut Bencher) {
    type Map = HashMap<u32, HashMap<u32, u32, Fixed>, Fixed>;
    let inner = || (0..10).map(|key| (key, key)).collect();
    let make = || {
        (0..black_box(100))
            .map(|key| (key, inner()))
            .collect::<Map>()
    };
    b.iter_batched(make, drop, BatchSize::LargeInput);
}

fn btree(b: &mut Bencher) {
    type Map = BTreeMap<u32, BTreeMap<u32, u32>>;
    let inner = || (0..10).map(|key| (key, key)).collect();
    let make = || {
        (0..black_box(100))
            .map(|key| (key, inner()))
            .collect::<Map>()
    };
    b.iter_batched(make, drop, BatchSize::LargeInput);
}

fn pairs(b: &mut Bencher) {
    type Map = HashMap<(u32, u32), u32, Fixed>;
    let all =
        || (0..black_box(100)).flat_map(|outer| (0..10).map(move |inner| ((outer, inner), inner)));
    b.iter_batched(|| all().collect::<Map>(), drop, BatchSize::LargeInput);
}
