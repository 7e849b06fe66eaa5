//! A thousand entries of which a hundred leave and a hundred others come: what a map in steady use
//! asks for.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::hint::black_box;

use heapmark::Bencher;
use indexmap::IndexMap;
use rustc_hash::FxHasher;
use slab::Slab;

heapmark::question! {
    "replace 100 of 1,000 entries";

    /// Places that entries left are taken again: no allocation, of hashes that are fixed here.
    std as "HashMap": allocs == 0, retained == 0;
    /// The last entry takes the place of one that leaves.
    index as "IndexMap::swap_remove": allocs == 0, retained == 0;
    /// Keys that go on rising leave the nodes at one end and need new ones at the other, not as
    /// many in every round, so that a round may end with more of them or fewer.
    btree as "BTreeMap": reallocs == 0;
    /// A slab hands out its free places.
    slab as "slab::Slab": allocs == 0, retained == 0;
}

type Fixed = BuildHasherDefault<FxHasher>;

const LIVE: u64 = 1000;
const REPLACED: u64 = 100;

/// Measures `replace`, which is told where the oldest keys begin, and says how many entries there
/// are afterwards.
fn measure(b: &mut Bencher, mut replace: impl FnMut(u64) -> usize) {
    let mut oldest = 0;
    // A map that has room for one more round has seen the worst of it.
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
