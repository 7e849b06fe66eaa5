//! Merges call sites that have the same key.

use std::hash::Hash;

use indexmap::IndexMap;

use super::Callsite;

/// Adds up the call sites of each key, in the order in which the keys first occur.
pub(super) fn merged<K: Hash + Eq>(
    sites: impl IntoIterator<Item = (K, Callsite)>,
) -> IndexMap<K, Callsite> {
    let mut sums: IndexMap<K, Callsite> = IndexMap::new();
    for (key, site) in sites {
        match sums.get_mut(&key) {
            Some(sum) => sum.add(&site),
            None => {
                sums.insert(key, site);
            }
        }
    }
    sums
}
