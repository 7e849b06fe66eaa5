//! Compares the counts of two runs, case by case.
//!
//! ```text
//! earlier ─┬─ comparable? ── no ──▶ the obstacles, and no verdict
//! later ───┘        └─ yes ─▶ one Change per case: differences of exact metrics and a verdict
//! ```
//!
//! There is no threshold: if two exact values differ, the case changed. A value that varies has
//! changed only if its ranges over many processes do not overlap. Otherwise it is undecided, and
//! never "the same". This module does not format text; views do.

use std::collections::BTreeMap;

use serde::Serialize;

use super::TimeChange;
use super::instructions::{self, InstructionChange};
use super::rate;
use super::sizes::{self, SizeClasses};
use crate::record::{Callsite, CaseInfo, Entry, Key, Metric, RateRange, Run, Toolchain};

/// The group whose cases leak on purpose, to show how a leak looks.
///
/// Comparisons list these cases, but no headline counts them, because an intentional leak is
/// expected to retain memory. No other code decides which cases these are.
const INTENTIONAL_LEAKS: &str = "leak_patterns";

/// Whether `case` is an intentional leak, which no headline counts.
pub fn is_intentional_leak(case: &CaseInfo) -> bool {
    case.group == INTENTIONAL_LEAKS
}

/// Whether the case leaves memory behind in every repetition.
pub fn retains(entry: &Entry) -> bool {
    entry.metrics.get(&Metric::Retained).is_some_and(|value| {
        let lowest = match value.spread {
            Some(spread) if !value.exact => Some(spread.min),
            _ => value.value.filter(|_| value.exact),
        };
        lowest.is_some_and(|bytes| bytes > 0)
    })
}

/// The verdict on the counts of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CountVerdict {
    /// Every headline metric is exact on both sides and unchanged.
    Same,
    /// Every judged metric that changed grew.
    Worse,
    /// Every judged metric that changed shrank.
    Better,
    /// Some grew and some shrank.
    Mixed,
    /// Only the later run has the case.
    Added,
    /// Only the earlier run has the case.
    Removed,
    /// No metric is known to have changed, but at least one headline metric is unknown, or varies
    /// with overlapping ranges.
    Undecided,
}

/// An exact metric whose value changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which metric.
    pub metric: Metric,
    /// Its value in the earlier run.
    pub before: i64,
    /// Its value in the later run.
    pub after: i64,
}

/// A metric that varies on at least one side, with the range of its sum on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ranges {
    /// Which metric.
    pub metric: Metric,
    /// Its range in the earlier run.
    pub before: RateRange,
    /// Its range in the later run, over the same number of iterations.
    pub after: RateRange,
}

impl Ranges {
    /// Whether the metric rose. `None` if the ranges of the two sides overlap.
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
    /// The verdict.
    pub verdict: CountVerdict,
    /// Every metric that is exact on both sides and changed, in column order.
    pub differences: Vec<Difference>,
    /// Requests by size, if only they changed: the number of blocks and bytes is the same, but
    /// their sizes differ. This is neither better nor worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sizes: Option<SizeClasses>,
    /// Metrics that vary on at least one side and whose ranges are known on both, in column order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<Ranges>,
    /// Headline metrics without a judgement: unknown on one side, or varying with overlapping
    /// ranges.
    pub unjudged: Vec<Metric>,
    /// Whether the case is an intentional leak; see [`is_intentional_leak`].
    pub intentional_leak: bool,
    /// The call sites that explain the differences, the greatest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub callsites: Vec<Callsite>,
    /// Why `callsites` is empty, if call sites were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_callsites: Option<String>,
    /// The change of instructions, if both sides counted them exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<InstructionChange>,
    /// The change of the time, if it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeChange>,
}

impl Change {
    /// Whether any count certainly changed.
    pub fn has_moved(&self) -> bool {
        self.sizes.is_some() || self.moved().next().is_some()
    }

    /// The metrics that certainly changed, and whether they rose: first exact values that differ,
    /// then ranges that do not overlap.
    pub fn moved(&self) -> impl Iterator<Item = (Metric, bool)> {
        let averages = self.averages();
        averages.map(|(metric, [before, after])| (metric, after > before))
    }

    /// The metrics that certainly changed, with their amounts before and after. For a range, the
    /// amount is its middle, per iteration.
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

/// A difference in conditions that makes the counts of two runs incomparable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// What differs.
    pub aspect: Aspect,
    /// Its value in the earlier run.
    pub before: String,
    /// Its value in the later run.
    pub after: String,
}

/// A condition that must be equal before counts can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// The target triple.
    Target,
    /// The release of the compiler, which includes std.
    Compiler,
    /// The content of `Cargo.lock`, if a run does not know its dependencies.
    LockFile,
    /// The crates that the measured binary is built from.
    Dependencies,
    /// The global allocator.
    Allocator,
    /// The machine; only compared between stored records.
    Machine,
    /// The version of the counting method.
    Method,
}

/// The reasons why the counts of two runs cannot be compared; empty if they can.
pub fn obstacles(earlier: &Run, later: &Run) -> Vec<Obstacle> {
    obstacles_between(&Conditions::from_run(earlier), &Conditions::from_run(later))
}

/// What the counts of a run depend on, besides the code.
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
    fn from_run(run: &'a Run) -> Self {
        Self {
            toolchain: &run.toolchain,
            allocator: &run.allocator,
            method: run.count.method(),
        }
    }
}

/// Like [`obstacles`], for two runs of which only the conditions are known.
pub fn obstacles_between(earlier: &Conditions<'_>, later: &Conditions<'_>) -> Vec<Obstacle> {
    let (before, after) = (earlier.toolchain, later.toolchain);
    let lock = |toolchain: &Toolchain| toolchain.lock_sha256.clone().unwrap_or_default();
    // A lock file also changes for crates outside the binary, but older records have only that.
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

/// One change per case: first the cases of `later` in its order, then the removed ones in the order
/// of `earlier`.
///
/// A case that one side lacks because that run was filtered, or because the case failed there, is
/// left out: it is neither added nor removed.
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
                Some(one_sided(entry, CountVerdict::Added))
            }
            None => None,
        });
    let removed = earlier
        .entries
        .iter()
        .filter(|entry| !after.contains_key(&entry.case.id) && is_absent(later, &entry.case.id));
    kept_or_added
        .chain(removed.map(|entry| one_sided(entry, CountVerdict::Removed)))
        .collect()
}

/// Whether `run`, which has no entry for `id`, did not contain the case at all.
fn is_absent(run: &Run, id: &str) -> bool {
    run.suite.filter.is_none() && run.failures.iter().all(|failure| failure.id != id)
}

/// Whether `run` is an old record that holds the case under an id shared with other cases.
fn is_set_aside(run: &Run, entry: &Entry) -> bool {
    let id = Key::from_case(&entry.case).long_id();
    let mut failures = run.failures.iter();
    failures.any(|failure| failure.id == id && failure.is_ambiguous())
}

fn one_sided(entry: &Entry, verdict: CountVerdict) -> Change {
    Change {
        id: entry.case.id.clone(),
        verdict,
        differences: Vec::new(),
        sizes: None,
        ranges: Vec::new(),
        unjudged: Vec::new(),
        intentional_leak: is_intentional_leak(&entry.case),
        callsites: Vec::new(),
        no_callsites: None,
        instructions: None,
        time: None,
    }
}

/// The change of one case that both runs have.
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
        verdict: CountVerdict::Same,
        differences,
        sizes,
        ranges,
        unjudged,
        intentional_leak: is_intentional_leak(&later.case),
        callsites: Vec::new(),
        no_callsites: None,
        instructions: None,
        time: None,
    };
    change.verdict = judge(&change);
    change
}

/// Growth of any headline metric except frees is worse.
///
/// Frees mirror allocs and retained memory: a leak causes fewer frees, which is not an improvement.
/// Frees therefore decide only if no other metric changed, and then fewer is worse. A metric
/// without a judgement never counts as the same.
fn judge(change: &Change) -> CountVerdict {
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
        (true, true) => CountVerdict::Mixed,
        (true, false) => CountVerdict::Worse,
        (false, true) => CountVerdict::Better,
        (false, false) => match moved(Metric::Frees) {
            Some(false) => CountVerdict::Worse,
            Some(true) => CountVerdict::Better,
            None if change.unjudged.is_empty() => CountVerdict::Same,
            None => CountVerdict::Undecided,
        },
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
