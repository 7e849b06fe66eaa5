//! Which runs can be read as one history.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::record::Run;

/// What all runs of a history share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SeriesKey {
    pub(super) machine: String,
    pub(super) allocator: String,
    pub(super) channel: String,
    pub(super) package: String,
    pub(super) bench: String,
}

impl SeriesKey {
    fn of(run: &Run) -> Self {
        Self {
            machine: run.machine.id.clone(),
            allocator: run.allocator.clone(),
            channel: channel(&run.toolchain.rustc).to_owned(),
            package: run.suite.package.clone(),
            bench: run.suite.bench.clone(),
        }
    }

    /// The key in words, as in `machine, allocator system, stable`.
    pub(super) fn words(&self) -> String {
        format!(
            "{} on {}, allocator {}, {} toolchain",
            self.bench, self.machine, self.allocator, self.channel
        )
    }
}

/// The release channel of a compiler version: `1.97.0-nightly` is of `nightly`.
pub(super) fn channel(rustc: &str) -> &str {
    let name = rustc.split_once('-').map_or("stable", |(_, rest)| rest);
    name.split(['.', ' ']).next().unwrap_or(name)
}

/// A history, oldest run first; never empty.
#[derive(Clone, Debug)]
pub(super) struct Series<'a> {
    pub(super) key: SeriesKey,
    pub(super) runs: Vec<&'a Run>,
}

/// The series with the newest run, and the others in the order of their keys.
///
/// A run that was not stored is the newest of all: it is what the reader has just measured.
pub(super) fn newest_first<'a>(
    runs: &'a [Run],
    unrecorded: Option<&'a Run>,
) -> Option<(Series<'a>, Vec<Series<'a>>)> {
    let mut by_key: BTreeMap<SeriesKey, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        by_key.entry(SeriesKey::of(run)).or_default().push(run);
    }
    for runs in by_key.values_mut() {
        sort(runs);
    }
    if let Some(run) = unrecorded {
        by_key.entry(SeriesKey::of(run)).or_default().push(run);
    }
    let mut all: Vec<Series> = by_key
        .into_iter()
        .map(|(key, runs)| Series { key, runs })
        .collect();
    let age = |series: &Series| {
        let last = series.runs.last();
        last.map(|run| (run.commit.committed_at.clone(), run.measured_at.clone()))
    };
    let newest = match unrecorded {
        Some(run) => all.iter().position(|s| s.key == SeriesKey::of(run)),
        None => (0..all.len()).max_by_key(|&index| age(&all[index])),
    }?;
    let shown = all.remove(newest);
    Some((shown, all))
}

/// Oldest first: by position on the first-parent line where every run knows it, else by the time
/// of the commit. A shallow clone does not know it, and a mixture of both is no order at all.
fn sort(runs: &mut [&Run]) {
    let ordered = runs.iter().all(|run| run.commit.order.is_some());
    runs.sort_by(|a, b| {
        let position = if ordered {
            a.commit.order.cmp(&b.commit.order)
        } else {
            Ordering::Equal
        };
        position
            .then_with(|| a.commit.committed_at.cmp(&b.commit.committed_at))
            .then_with(|| a.commit.dirty.cmp(&b.commit.dirty))
            .then_with(|| a.measured_at.cmp(&b.measured_at))
            .then_with(|| a.commit.sha.cmp(&b.commit.sha))
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
