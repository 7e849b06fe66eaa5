use std::hash::Hash;

use indexmap::IndexMap;

use super::Callsite;

/// Callsites of one key as one, in the order in which the keys come.
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
