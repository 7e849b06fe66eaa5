//! What changed between two runs, by exact values alone.
//!
//! ```text
//! earlier ─┬─ comparable? ── no ──▶ the obstacles, and no verdict
//! later ───┘        └─ yes ─▶ one Change a case: differences of exact metrics and a verdict
//! ```
//!
//! An exact value that moved has changed, however little: there is no threshold here. A value that
//! varies has changed if the ranges over many processes do not overlap; else it is undecided, and
//! never the same. Wording is the view's affair.

use std::collections::BTreeMap;

use serde::Serialize;

use super::TimeChange;
use super::instructions::{self, InstructionChange};
use super::rate;
use super::sizes::{self, SizeClasses};
use crate::record::{Callsite, CaseInfo, Entry, Key, Metric, RateRange, Run, Toolchain};

/// The group whose cases leak on purpose, to show what a leak looks like.
///
/// They are listed and compared like any case, yet never count in a headline: a demonstration
/// that retains memory is no news. This is the one place that decides it.
const DEMONSTRATIONS: &str = "leak_patterns";

/// Whether `case` leaks on purpose, so that no headline counts it.
pub fn is_demonstration(case: &CaseInfo) -> bool {
    case.group == DEMONSTRATIONS
}

/// Whether the case certainly leaves memory behind: every repetition did.
pub fn retains(entry: &Entry) -> bool {
    entry.metrics.get(&Metric::Retained).is_some_and(|value| {
        let lowest = match value.spread {
            Some(spread) if !value.exact => Some(spread.min),
            _ => value.value.filter(|_| value.exact),
        };
        lowest.is_some_and(|bytes| bytes > 0)
    })
}

/// What a change means for a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Every headline metric is exact on both sides, and the same.
    Same,
    /// Every judged metric that changed grew.
    Worse,
    /// Every judged metric that changed shrank.
    Better,
    /// Some grew and some shrank.
    Mixed,
    /// The later run has a case that the earlier one did not know.
    Added,
    /// The later run no longer has the case.
    Removed,
    /// Nothing is known to have changed, but a headline metric varies and its ranges overlap, or
    /// is not known.
    Undecided,
}

/// An exact metric whose value moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which metric.
    pub metric: Metric,
    /// Its value in the earlier run.
    pub before: i64,
    /// Its value in the later run.
    pub after: i64,
}

/// A metric that varies on at least one side: what many iterations add up to on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ranges {
    /// Which metric.
    pub metric: Metric,
    /// Its range in the earlier run.
    pub before: RateRange,
    /// Its range in the later run, after as many iterations.
    pub after: RateRange,
}

impl Ranges {
    /// Whether it rose or fell: the ranges of the processes do not overlap. `None` if they do.
    pub fn rose(&self) -> Option<bool> {
        if self.after.min > self.before.max {
            Some(true)
        } else if self.after.max < self.before.min {
            Some(false)
        } else {
            None
        }
    }
}

/// One case in two runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The case's id.
    pub id: String,
    /// What the change means.
    pub verdict: Verdict,
    /// Every metric that is exact on both sides and moved, in column order.
    pub differences: Vec<Difference>,
    /// Requests by size, where they moved and nothing else did: as many blocks and bytes, cut
    /// differently, which is neither better nor worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sizes: Option<SizeClasses>,
    /// Metrics that vary on some side and whose ranges are known on both, in column order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<Ranges>,
    /// Headline metrics that could not be judged: they vary and their ranges overlap, or they are
    /// not known on a side.
    pub unjudged: Vec<Metric>,
    /// Whether the case leaks on purpose; see [`is_demonstration`].
    pub demonstration: bool,
    /// The callsites that explain the differences, the greatest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub callsites: Vec<Callsite>,
    /// Why there are none, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_callsites: Option<String>,
    /// What its instructions say, where both sides counted them exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<InstructionChange>,
    /// What its time says, where it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeChange>,
}

impl Change {
    /// Whether anything moved for certain.
    pub fn has_moved(&self) -> bool {
        self.sizes.is_some() || self.moved().next().is_some()
    }

    /// The metrics that moved for certain, with whether they rose: exact values that differ, then
    /// ranges that do not overlap.
    pub fn moved(&self) -> impl Iterator<Item = (Metric, bool)> {
        let averages = self.averages();
        averages.map(|(metric, [before, after])| (metric, after > before))
    }

    /// The metrics that moved for certain, with their amounts before and after; of a range that is
    /// its middle, per iteration.
    pub fn averages(&self) -> impl Iterator<Item = (Metric, [f64; 2])> {
        let exact = self.differences.iter();
        let exact = exact.map(|one| (one.metric, [one.before, one.after].map(|it| it as f64)));
        let ranges = self.ranges.iter().filter(|one| one.rose().is_some());
        let ranges = ranges.map(|one| {
            let middle = |range: RateRange| {
                let (low, high) = range.per_iteration();
                f64::midpoint(low, high)
            };
            (one.metric, [one.before, one.after].map(middle))
        });
        exact.chain(ranges)
    }
}

/// Something that makes the counts of two runs speak of different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// What differs.
    pub aspect: Aspect,
    /// How it was in the earlier run.
    pub before: String,
    /// How it is in the later run.
    pub after: String,
}

/// What must agree before counts can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// The target triple.
    Target,
    /// The release of the compiler, and with it of std.
    Compiler,
    /// The content of `Cargo.lock`, where a run does not know its dependencies.
    LockFile,
    /// The crates that the measured binary is built from.
    Dependencies,
    /// The global allocator.
    Allocator,
    /// The machine, between records alone.
    Machine,
    /// The version of the counting method.
    Method,
}

/// What keeps the counts of the two runs from being compared; empty where nothing does.
pub fn obstacles(earlier: &Run, later: &Run) -> Vec<Obstacle> {
    obstacles_between(&Conditions::of(earlier), &Conditions::of(later))
}

/// What the counts of a run depend on beside the code.
#[derive(Clone, Copy, Debug)]
pub struct Conditions<'a> {
    /// What built the binary.
    pub toolchain: &'a Toolchain,
    /// The global allocator.
    pub allocator: &'a str,
    /// The version of the counting method.
    pub method: u32,
}

impl<'a> Conditions<'a> {
    fn of(run: &'a Run) -> Self {
        Self {
            toolchain: &run.toolchain,
            allocator: &run.allocator,
            method: run.count.method(),
        }
    }
}

/// The same of two runs of which these are known.
pub fn obstacles_between(earlier: &Conditions<'_>, later: &Conditions<'_>) -> Vec<Obstacle> {
    let (before, after) = (earlier.toolchain, later.toolchain);
    let lock = |toolchain: &Toolchain| toolchain.lock_sha256.clone().unwrap_or_default();
    // A lock file says more than matters, and is all that older records have.
    let dependencies = match (&before.dependencies_sha256, &after.dependencies_sha256) {
        (Some(before), Some(after)) => (Aspect::Dependencies, before.clone(), after.clone()),
        _ => (Aspect::LockFile, lock(before), lock(after)),
    };
    let pairs = [
        (Aspect::Target, before.target.clone(), after.target.clone()),
        (Aspect::Compiler, before.rustc.clone(), after.rustc.clone()),
        dependencies,
        (
            Aspect::Allocator,
            earlier.allocator.to_owned(),
            later.allocator.to_owned(),
        ),
        (
            Aspect::Method,
            earlier.method.to_string(),
            later.method.to_string(),
        ),
    ];
    let differing = pairs.into_iter().filter(|(_, a, b)| a != b);
    differing
        .map(|(aspect, before, after)| Obstacle {
            aspect,
            before,
            after,
        })
        .collect()
}

/// One change a case: those of `later` in its order, then the removed ones in the order of
/// `earlier`.
///
/// A case that one side lacks because its run was filtered, or because it failed there, is
/// neither added nor removed and is left out.
pub fn changes(earlier: &Run, later: &Run) -> Vec<Change> {
    let by_id = |run: &'_ Run| -> BTreeMap<String, usize> {
        let ids = run.entries.iter().enumerate();
        ids.map(|(index, entry)| (entry.case.id.clone(), index))
            .collect()
    };
    let (before, after) = (by_id(earlier), by_id(later));
    let counts_instructions = instructions::are_comparable(earlier, later);
    let kept_or_added = later
        .entries
        .iter()
        .filter_map(|entry| match before.get(&entry.case.id) {
            Some(&index) => {
                let earlier = &earlier.entries[index];
                let instructions = instructions::between(earlier, entry);
                Some(Change {
                    instructions: instructions.filter(|_| counts_instructions),
                    ..between(earlier, entry)
                })
            }
            None if is_absent(earlier, &entry.case.id) && !is_set_aside(earlier, entry) => {
                Some(one_sided(entry, Verdict::Added))
            }
            None => None,
        });
    let removed = earlier
        .entries
        .iter()
        .filter(|entry| !after.contains_key(&entry.case.id) && is_absent(later, &entry.case.id));
    kept_or_added
        .chain(removed.map(|entry| one_sided(entry, Verdict::Removed)))
        .collect()
}

/// Whether a run without an entry for `id` did not know the case at all.
fn is_absent(run: &Run, id: &str) -> bool {
    run.suite.filter.is_none() && run.failures.iter().all(|failure| failure.id != id)
}

/// Whether `run` is an old record that holds the case under an id which named others as well.
fn is_set_aside(run: &Run, entry: &Entry) -> bool {
    let id = Key::of(&entry.case).long_id();
    let mut failures = run.failures.iter();
    failures.any(|failure| failure.id == id && failure.is_ambiguous())
}

fn one_sided(entry: &Entry, verdict: Verdict) -> Change {
    Change {
        id: entry.case.id.clone(),
        verdict,
        differences: Vec::new(),
        sizes: None,
        ranges: Vec::new(),
        unjudged: Vec::new(),
        demonstration: is_demonstration(&entry.case),
        callsites: Vec::new(),
        no_callsites: None,
        instructions: None,
        time: None,
    }
}

/// What changed of one case that both runs know.
pub fn between(earlier: &Entry, later: &Entry) -> Change {
    let exact = |entry: &Entry, metric: Metric| {
        let value = entry.metrics.get(&metric)?;
        value.value.filter(|_| value.exact)
    };
    let both = |metric: Metric| Some((exact(earlier, metric)?, exact(later, metric)?));
    let differences: Vec<Difference> = Metric::ALL
        .into_iter()
        .filter_map(|metric| {
            let (before, after) = both(metric)?;
            (before != after).then_some(Difference {
                metric,
                before,
                after,
            })
        })
        .collect();
    let ranges: Vec<Ranges> = Metric::ALL
        .into_iter()
        .filter(|&metric| both(metric).is_none())
        .filter_map(|metric| {
            let value = |entry: &'_ Entry| entry.metrics.get(&metric).cloned();
            let (before, after) = rate::ranges(&value(earlier)?, &value(later)?)?;
            Some(Ranges {
                metric,
                before,
                after,
            })
        })
        .collect();
    let is_judged = |metric: Metric| {
        let mut known = ranges.iter().filter(|one| one.metric == metric);
        both(metric).is_some() || known.any(|one| one.rose().is_some())
    };
    let unjudged: Vec<Metric> = Metric::HEADLINE
        .into_iter()
        .filter(|&metric| !is_judged(metric))
        .collect();
    let sizes = sizes::between(earlier, later).filter(|_| differences.is_empty());
    let mut change = Change {
        id: later.case.id.clone(),
        verdict: Verdict::Same,
        differences,
        sizes,
        ranges,
        unjudged,
        demonstration: is_demonstration(&later.case),
        callsites: Vec::new(),
        no_callsites: None,
        instructions: None,
        time: None,
    };
    change.verdict = judge(&change);
    change
}

/// Growth of any headline metric is worse, except of frees.
///
/// Frees mirror allocs and what is retained: a leak shows as fewer frees, which is no gain. They
/// decide only where nothing else moved, and there fewer is worse. What is not judged is not the
/// same.
fn judge(change: &Change) -> Verdict {
    let moved = |metric: Metric| {
        let mut moved = change.moved().filter(|(one, _)| *one == metric);
        moved.next().map(|(_, rose)| rose)
    };
    let judged: Vec<bool> = Metric::HEADLINE
        .into_iter()
        .filter(|&metric| metric != Metric::Frees)
        .filter_map(moved)
        .collect();
    match (judged.contains(&true), judged.contains(&false)) {
        (true, true) => Verdict::Mixed,
        (true, false) => Verdict::Worse,
        (false, true) => Verdict::Better,
        (false, false) => match moved(Metric::Frees) {
            Some(false) => Verdict::Worse,
            Some(true) => Verdict::Better,
            None if change.unjudged.is_empty() => Verdict::Same,
            None => Verdict::Undecided,
        },
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
