//! 100 numbers are inserted into each map, with and without a known capacity. The cases with other
//! hashers show that the hasher does not affect allocations.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::hint::black_box;

use dashmap::DashMap;
use heapmark::Bencher;
use indexmap::IndexMap;
use rustc_hash::FxHasher;

heapmark::question! {
    "insert 100 entries";

    /// std's table starts with capacity for 3 entries and doubles: six tables, of which one
    /// remains.
    std as "HashMap": allocs == 6, reallocs == 0, retained == 0;
    /// With a known capacity there is one table.
    std_reserved as "HashMap::with_capacity": allocs == 1, reallocs == 0, retained == 0;
    /// std's map is built on hashbrown.
    brown as "hashbrown": allocs == 6, reallocs == 0, retained == 0;
    /// With a known capacity there is one table.
    brown_reserved as "hashbrown::with_capacity": allocs == 1, reallocs == 0, retained == 0;
    /// Another hasher changes the time, but no allocation.
    ahash as "HashMap with ahash": allocs == 6, reallocs == 0, retained == 0;
    /// Another hasher changes the time, but no allocation.
    fx as "HashMap with rustc-hash": allocs == 6, reallocs == 0, retained == 0;
    /// Another hasher changes the time, but no allocation.
    fold as "HashMap with foldhash": allocs == 6, reallocs == 0, retained == 0;
    /// A map that keeps insertion order has a vector of entries in addition to its table of
    /// indices.
    index as "IndexMap": allocs == 7, retained == 0;
    /// With a known capacity, these are two blocks.
    index_reserved as "IndexMap::with_capacity": allocs == 2, reallocs == 0, retained == 0;
    /// A tree has one block for each node of up to eleven entries, and cannot reserve capacity.
    btree as "BTreeMap": allocs == 17, reallocs == 0, retained == 0;
    /// A concurrent map consists of several small maps, each with its own table.
    dash as "DashMap": allocs == 17, retained == 0;
    /// Each shard reserves its part of the capacity.
    dash_reserved as "DashMap::with_capacity": allocs == 5, reallocs == 0, retained == 0;
    /// A lock-free map has one block for each entry, because readers may still use it.
    papaya as "papaya::HashMap": allocs >= 101, retained == 0;
    /// A map of buckets, with linked overflow buckets, that moves its entries gradually as it
    /// grows.
    scc as "scc::HashMap": allocs == 6, retained == 0;
}

/// Hashes that are the same in every process.
type Fixed = BuildHasherDefault<FxHasher>;

/// Defines a case that fills the map of an expression.
macro_rules! inserts {
    ($name:ident, $map:ty, $new:expr) => {
        inserts!($name, $map, $new, mut);
    };
    ($name:ident, $map:ty, $new:expr, $($mutable:ident)?) => {
        fn $name(b: &mut Bencher) {
            let fill = || {
                let $($mutable)? map: $map = $new;
                for key in 0..black_box(100_u64) {
                    map.insert(key, key);
                }
                map
            };
            assert_eq!(fill().len(), 100);
            b.iter(fill);
        }
    };
}

type Std<S> = HashMap<u64, u64, S>;

inserts!(std, HashMap<u64, u64>, HashMap::new());
inserts!(std_reserved, HashMap<u64, u64>, HashMap::with_capacity(black_box(100)));
inserts!(brown, hashbrown::HashMap<u64, u64>, hashbrown::HashMap::new());
inserts!(
    brown_reserved,
    hashbrown::HashMap<u64, u64>,
    hashbrown::HashMap::with_capacity(black_box(100))
);
inserts!(ahash, Std<ahash::RandomState>, HashMap::default());
inserts!(fx, Std<Fixed>, HashMap::default());
inserts!(fold, Std<foldhash::fast::RandomState>, HashMap::default());
inserts!(index, IndexMap<u64, u64>, IndexMap::new());
inserts!(index_reserved, IndexMap<u64, u64>, IndexMap::with_capacity(black_box(100)));
inserts!(btree, BTreeMap<u64, u64>, BTreeMap::new());
// The shard of an entry depends on its hash. The insert works on a shared map.
inserts!(dash, DashMap<u64, u64, Fixed>, DashMap::with_hasher_and_shard_amount(Fixed::default(), 4),);
inserts!(
    dash_reserved,
    DashMap<u64, u64, Fixed>,
    DashMap::with_capacity_and_hasher_and_shard_amount(black_box(400), Fixed::default(), 4),
);

fn papaya(b: &mut Bencher) {
    let fill = || {
        let map: papaya::HashMap<u64, u64, Fixed> = papaya::HashMap::default();
        let pinned = map.pin();
        (0..black_box(100_u64)).for_each(|key| {
            pinned.insert(key, key);
        });
        drop(pinned);
        map
    };
    assert_eq!(fill().len(), 100);
    b.iter(fill);
}

fn scc(b: &mut Bencher) {
    let fill = || {
        let map: scc::HashMap<u64, u64, Fixed> = scc::HashMap::default();
        for key in 0..black_box(100_u64) {
            // Only an existing key is rejected.
            let _ = map.insert_sync(key, key);
        }
        map
    };
    assert_eq!(fill().len(), 100);
    b.iter(fill);
}
