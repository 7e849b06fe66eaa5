//! A map of 1,000 entries, in which 100 entries are removed and 100 are inserted: the allocations
//! of a map in steady use.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::hint::black_box;

use heapmark::Bencher;
use indexmap::IndexMap;
use rustc_hash::FxHasher;
use slab::Slab;

heapmark::question! {
    "replace 100 of 1,000 entries";

    /// Slots of removed entries are reused, so nothing is allocated. The hashes are fixed here.
    std as "HashMap": allocs == 0, retained == 0;
    /// The last entry moves into the slot of a removed entry.
    index as "IndexMap::swap_remove": allocs == 0, retained == 0;
    /// Rising keys empty nodes at one end and need new nodes at the other end. The number differs
    /// from round to round, so a round can end with more or fewer nodes.
    btree as "BTreeMap": reallocs == 0;
    /// A slab reuses its free slots.
    slab as "slab::Slab": allocs == 0, retained == 0;
}

type Fixed = BuildHasherDefault<FxHasher>;

const LIVE: u64 = 1000;
const REPLACED: u64 = 100;

/// Measures `replace`. It receives the oldest key and returns the number of entries afterwards.
fn measure(b: &mut Bencher, mut replace: impl FnMut(u64) -> usize) {
    let mut oldest = 0;
    // The first rounds bring the map to its final capacity.
    let mut round = || {
        let live = replace(black_box(oldest));
        oldest += REPLACED;
        live
    };
    (0..20).for_each(|_| assert_eq!(round(), LIVE as usize));
    b.iter(round);
}

fn std(b: &mut Bencher) {
    let mut map: HashMap<u64, u64, Fixed> = (0..LIVE).map(|key| (key, key)).collect();
    map.reserve(LIVE as usize);
    measure(b, |oldest| {
        for key in oldest..oldest + REPLACED {
            map.remove(&key);
            map.insert(key + LIVE, key);
        }
        map.len()
    });
}

fn index(b: &mut Bencher) {
    let mut map: IndexMap<u64, u64, Fixed> = (0..LIVE).map(|key| (key, key)).collect();
    map.reserve(LIVE as usize);
    measure(b, |oldest| {
        for key in oldest..oldest + REPLACED {
            map.swap_remove(&key);
            map.insert(key + LIVE, key);
        }
        map.len()
    });
}

fn btree(b: &mut Bencher) {
    let mut map: BTreeMap<u64, u64> = (0..LIVE).map(|key| (key, key)).collect();
    measure(b, |oldest| {
        for key in oldest..oldest + REPLACED {
            map.remove(&key);
            map.insert(key + LIVE, key);
        }
        map.len()
    });
}

fn slab(b: &mut Bencher) {
    let mut slab: Slab<u64> = Slab::with_capacity(LIVE as usize);
    let mut keys: std::collections::VecDeque<usize> = (0..LIVE).map(|n| slab.insert(n)).collect();
    measure(b, |oldest| {
        for value in oldest..oldest + REPLACED {
            let key = keys.pop_front().unwrap_or_default();
            slab.remove(key);
            keys.push_back(slab.insert(value + LIVE));
        }
        slab.len()
    });
}
