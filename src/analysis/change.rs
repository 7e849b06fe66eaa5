//! What changed between two runs, by exact values alone.
//!
//! ```text
//! earlier ─┬─ comparable? ── no ──▶ the obstacles, and no verdict
//! later ───┘        └─ yes ─▶ one Change a case: differences of exact metrics and a verdict
//! ```
//!
//! An exact value that moved has changed, however little: there is no threshold here, and no
//! statistics. Sampled values are named and never judged. Wording is the view's affair.

use std::collections::BTreeMap;

use serde::Serialize;

use super::TimeChange;
use super::instructions::{self, InstructionChange};
use super::sizes::{self, SizeClasses};
use crate::record::{Callsite, CaseInfo, Entry, Metric, Run, Toolchain};

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
    /// Every exact headline metric is the same on both sides.
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
    /// No headline metric is exact on both sides, so nothing can be said.
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
    /// Headline metrics that were not judged, since a side was sampled or unknown.
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
    /// Whether anything exact moved.
    pub fn has_moved(&self) -> bool {
        !self.differences.is_empty() || self.sizes.is_some()
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
}

/// What keeps the counts of the two runs from being compared; empty where nothing does.
pub fn obstacles(earlier: &Run, later: &Run) -> Vec<Obstacle> {
    obstacles_between(
        (&earlier.toolchain, &earlier.allocator),
        (&later.toolchain, &later.allocator),
    )
}

/// The same of the toolchains and allocators of two runs.
pub fn obstacles_between(
    (before, old_allocator): (&Toolchain, &str),
    (after, new_allocator): (&Toolchain, &str),
) -> Vec<Obstacle> {
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
            old_allocator.to_owned(),
            new_allocator.to_owned(),
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
            None if is_absent(earlier, &entry.case.id) => Some(one_sided(entry, Verdict::Added)),
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

fn one_sided(entry: &Entry, verdict: Verdict) -> Change {
    Change {
        id: entry.case.id.clone(),
        verdict,
        differences: Vec::new(),
        sizes: None,
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
    let unjudged: Vec<Metric> = Metric::HEADLINE
        .into_iter()
        .filter(|&metric| both(metric).is_none())
        .collect();
    let sizes = sizes::between(earlier, later).filter(|_| differences.is_empty());
    let verdict = if unjudged.len() == Metric::HEADLINE.len() {
        Verdict::Undecided
    } else {
        judge(&differences)
    };
    Change {
        id: later.case.id.clone(),
        verdict,
        differences,
        sizes,
        unjudged,
        demonstration: is_demonstration(&later.case),
        callsites: Vec::new(),
        no_callsites: None,
        instructions: None,
        time: None,
    }
}

/// Growth of any headline metric is worse, except of frees.
///
/// Frees mirror allocs and what is retained: a leak shows as fewer frees, which is no gain. They
/// decide only where nothing else moved, and there fewer is worse.
fn judge(differences: &[Difference]) -> Verdict {
    let moved = |metric: Metric| {
        let of_metric = differences.iter().find(|d| d.metric == metric)?;
        Some(of_metric.after > of_metric.before)
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
            None => Verdict::Same,
        },
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
