//! Which runs form one history.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use heapmark_model::history::{Head, History};

/// The properties that all runs of a history share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SeriesKey {
    pub(super) machine: String,
    pub(super) allocator: String,
    pub(super) channel: String,
    pub(super) package: String,
    pub(super) bench: String,
    pub(super) flags: String,
}

impl SeriesKey {
    fn from_head(head: &Head) -> Self {
        let setting = &head.setting;
        Self {
            machine: setting.machine.clone(),
            allocator: setting.allocator.clone(),
            channel: channel(&setting.toolchain.rustc).to_owned(),
            package: setting.suite.package.clone(),
            bench: setting.suite.bench.clone(),
            flags: setting.suite.flags.clone(),
        }
    }

    /// Whether the two differ only in the toolchain channel.
    pub(super) fn differs_in_channel(&self, other: &Self) -> bool {
        let same = Self {
            channel: self.channel.clone(),
            ..other.clone()
        };
        self.channel != other.channel && *self == same
    }

    /// The key in words, as in `suite on machine, allocator system, stable toolchain`.
    pub(super) fn words(&self) -> String {
        let usual = format!(
            "{} on {}, allocator {}, {} toolchain",
            self.bench, self.machine, self.allocator, self.channel
        );
        match &*self.flags {
            "" => usual,
            flags => format!("{usual}, built with {flags}"),
        }
    }
}

/// The channel of a release without a suffix.
const STABLE: &str = "stable";

/// The release channel of a compiler version; that of `1.97.0-nightly` is `nightly`.
pub(super) fn channel(rustc: &str) -> &str {
    let name = rustc.split_once('-').map_or(STABLE, |(_, rest)| rest);
    name.split(['.', ' ']).next().unwrap_or(name)
}

/// A history, oldest run first; never empty.
#[derive(Clone, Debug)]
pub(super) struct Series<'a> {
    pub(super) key: SeriesKey,
    pub(super) runs: Vec<&'a Head>,
    /// The positions of the runs in the history. A run that was not stored has no position and is
    /// the last.
    pub(super) records: Vec<usize>,
}

/// The series with the newest run, and the others in the order of their keys.
///
/// A run that was not stored is the newest, because the reader has just measured it.
pub(super) fn newest_first<'a>(
    history: &'a History,
    unrecorded: Option<&'a Head>,
) -> Option<(Series<'a>, Vec<Series<'a>>)> {
    let heads = history.heads();
    let mut by_key: BTreeMap<SeriesKey, Vec<usize>> = BTreeMap::new();
    let mut of_last: Option<(&Head, SeriesKey)> = None;
    for (record, head) in heads.iter().enumerate() {
        // Adjacent runs usually share a setting, and a key consists of five strings.
        let key = match of_last.take() {
            Some((last, key)) if Arc::ptr_eq(&last.setting, &head.setting) => key,
            _ => SeriesKey::from_head(head),
        };
        match by_key.get_mut(&key) {
            Some(records) => records.push(record),
            None => {
                by_key.insert(key.clone(), vec![record]);
            }
        }
        of_last = Some((head, key));
    }
    for records in by_key.values_mut() {
        sort(records, heads);
    }
    let shown = unrecorded.map(SeriesKey::from_head);
    if let Some(key) = &shown {
        by_key.entry(key.clone()).or_default();
    }
    let mut all: Vec<Series> = by_key
        .into_iter()
        .map(|(key, records)| {
            let stored = records.iter().map(|&record| &heads[record]);
            let fresh = unrecorded.filter(|_| shown.as_ref() == Some(&key));
            Series {
                runs: stored.chain(fresh).collect(),
                key,
                records,
            }
        })
        .collect();
    let age = |series: &Series| {
        let last = series.runs.last();
        last.map(|run| (run.commit.committed_at.clone(), run.measured_at.clone()))
    };
    let newest = match shown {
        Some(key) => all.iter().position(|series| series.key == key),
        None => {
            let newest = (0..all.len()).max_by_key(|&index| age(&all[index]));
            newest.map(|newest| beside_stable(&all, newest))
        }
    }?;
    let shown = all.remove(newest);
    Some((shown, all))
}

/// The series of the stable channel, if it has a run of the same commit as the newest run of
/// series `newest`; otherwise `newest`.
fn beside_stable(all: &[Series<'_>], newest: usize) -> usize {
    let Some(last) = all[newest].runs.last() else {
        return newest;
    };
    let stable = SeriesKey {
        channel: STABLE.to_owned(),
        ..all[newest].key.clone()
    };
    let is_beside = |series: &Series<'_>| {
        let mut runs = series.runs.iter();
        series.key == stable && runs.any(|run| run.commit == last.commit)
    };
    all.iter().position(is_beside).unwrap_or(newest)
}

/// Oldest first: by position on the first-parent line if it is known for every run, otherwise by
/// the time of the commit. It is unknown in a shallow clone, and mixing both gives no valid order.
fn sort(records: &mut [usize], heads: &[Head]) {
    let commit = |record: usize| &heads[record].commit;
    let ordered = records.iter().all(|&record| commit(record).order.is_some());
    records.sort_by(|&a, &b| {
        let position = if ordered {
            commit(a).order.cmp(&commit(b).order)
        } else {
            Ordering::Equal
        };
        position
            .then_with(|| commit(a).committed_at.cmp(&commit(b).committed_at))
            .then_with(|| commit(a).dirty.cmp(&commit(b).dirty))
            .then_with(|| heads[a].measured_at.cmp(&heads[b].measured_at))
            .then_with(|| commit(a).sha.cmp(&commit(b).sha))
    });
}

#[cfg(test)]
mod tests {
    use super::channel;

    #[test]
    fn a_release_without_a_suffix_is_stable() {
        assert_eq!(channel("1.95.0"), "stable");
        assert_eq!(channel("1.97.0-nightly"), "nightly");
        assert_eq!(channel("1.96.0-beta.3"), "beta");
    }
}
