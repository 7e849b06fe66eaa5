//! Entries of old records that share an id with another case. Their ids dropped the characters
//! that distinguished them. A worker that got such an id ran the first case that had it, so it is
//! unknown which numbers are right.

use std::collections::BTreeMap;

use super::check::twice;
use super::{Entry, Failure, Fault, Key, Run};

/// How the reason of such a failure begins; no worker reports a reason like it.
const BEGINNING: &str = "its old id ";

impl Failure {
    /// A case that cannot be requested, or whose numbers cannot be used, because its old id names
    /// several cases. `names` are the names of all of them.
    pub fn ambiguous(id: String, old: &str, names: &[String]) -> Self {
        const NAMED: usize = 3;
        let mut listed = names[..names.len().min(NAMED)].join(", ");
        if let Some(more) = names.len().checked_sub(NAMED).filter(|more| *more > 0) {
            listed.push_str(&format!(" and {more} more"));
        }
        let count = names.len();
        let reason = format!(
            "{BEGINNING}`{old}` names {count} cases ({listed}), so its numbers are unknown"
        );
        Self { id, reason }
    }

    /// Whether the failure is of this kind.
    pub fn is_ambiguous(&self) -> bool {
        self.reason.starts_with(BEGINNING)
    }
}

impl Run {
    /// Removes the entries whose id names several cases. Each becomes a failure under the current
    /// id of its case. No history and no comparison then uses it, and every page states why. A case
    /// whose old id has a form that no longer exists gets its current id.
    ///
    /// # Errors
    ///
    /// If two entries have the same id and the same names, which no heapmark ever wrote.
    pub fn set_ambiguous_aside(&mut self) -> Result<(), Fault> {
        let mut sharing: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, entry) in self.entries.iter().enumerate() {
            sharing
                .entry(entry.case.id.clone())
                .or_default()
                .push(place);
        }
        let keys: Vec<Key> = self
            .entries
            .iter()
            .map(|entry| Key::from_case(&entry.case))
            .collect();
        let mut aside = BTreeMap::new();
        for (old, places) in sharing {
            if let [place] = places[..] {
                let (key, case) = (&keys[place], &mut self.entries[place].case);
                let short = key.short_id();
                if key.old_id() == case.id && short.as_ref() != Some(&case.id) {
                    case.id = short.unwrap_or_else(|| key.long_id());
                }
                continue;
            }
            if let Some((one, other)) = same(&places, &keys) {
                return Err(twice(&self.entries[one].case, &self.entries[other].case));
            }
            let names: Vec<String> = places.iter().map(|&place| keys[place].words()).collect();
            for place in places {
                let id = keys[place].long_id();
                aside.insert(place, Failure::ambiguous(id, &old, &names));
            }
        }
        let mut place = 0;
        self.entries.retain(|_: &Entry| {
            place += 1;
            !aside.contains_key(&(place - 1))
        });
        self.failures.extend(aside.into_values());
        Ok(())
    }
}

/// Two of `places` with the same names.
fn same(places: &[usize], keys: &[Key]) -> Option<(usize, usize)> {
    let mut known: BTreeMap<&Key, usize> = BTreeMap::new();
    places.iter().find_map(|&place| {
        let other = known.insert(&keys[place], place)?;
        Some((other, place))
    })
}
