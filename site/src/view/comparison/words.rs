//! Texts about a comparison that the terminal and the page share.

use std::collections::{BTreeMap, BTreeSet};

use super::super::varies;
use super::{instructions, times};
use heapmark_model::analysis::change::{Aspect, Change, CountVerdict, Difference, Obstacle};
use heapmark_model::analysis::{Comparison, Side, SizeClasses};
use heapmark_model::format::{as_signed, bytes_exact, count, signed_bytes, signed_count, visible};
use heapmark_model::record::Unit;

/// The failures of both sides, each with the name of its side.
pub fn failures(
    comparison: &Comparison,
) -> impl Iterator<Item = (&'static str, &heapmark_model::record::Failure)> {
    let base = comparison.base.failures.iter();
    let head = comparison.head.failures.iter();
    let base = base.map(|failure| ("base", failure));
    base.chain(head.map(|failure| ("head", failure)))
}

/// Whether a case has a change to report.
pub fn is_changed(change: &Change) -> bool {
    change.verdict != CountVerdict::Same
        || change.sizes.is_some()
        || change
            .instructions
            .as_ref()
            .is_some_and(instructions::is_news)
        || change.time.as_ref().is_some_and(times::is_news)
}

/// The verdict on a case: that on its counts, or on instructions and time if these are the same.
pub fn word_of(change: &Change) -> &'static str {
    if change.verdict != CountVerdict::Same {
        return word(change.verdict);
    }
    match (instructions::word(change), times::word(change)) {
        (Some(one), Some(other)) if one != other => word(CountVerdict::Mixed),
        (one, other) => one.or(other).unwrap_or(word(CountVerdict::Same)),
    }
}

/// The word for a verdict, as in the glossary.
pub fn word(verdict: CountVerdict) -> &'static str {
    match verdict {
        CountVerdict::Same => "SAME",
        CountVerdict::Worse => "WORSE",
        CountVerdict::Better => "BETTER",
        CountVerdict::Mixed => "MIXED",
        CountVerdict::Added => "ADDED",
        CountVerdict::Removed => "REMOVED",
        CountVerdict::Undecided => "UNDECIDED",
    }
}

/// The details of a case, which follow its verdict.
pub fn note(change: &Change) -> String {
    let mut parts: Vec<String> = change.differences.iter().map(moved).collect();
    if !change.differences.is_empty() {
        let last = parts.pop().unwrap_or_default();
        parts.push(format!("{last}  exact"));
    }
    parts.extend(varies::moved(change));
    parts.extend(change.sizes.as_ref().map(sizes));
    let unjudged = varies::unjudged(change);
    parts.extend(unjudged.map(|metrics| format!("varies, not judged: {metrics}")));
    parts.extend(instructions::note(change));
    parts.extend(times::note(change));
    if change.intentional_leak {
        parts.push("intentional leak, does not affect the exit code".to_owned());
    }
    parts.join(" · ")
}

/// Requests by size before and after, of the classes that changed, as in
/// `sizes ≤ 32 B 2 → 1 · ≤ 64 B 0 → 1`.
fn sizes(sizes: &SizeClasses) -> String {
    let side = |classes: &[(u64, u64)]| classes.iter().copied().collect::<BTreeMap<u64, u64>>();
    let (before, after) = (side(&sizes.before), side(&sizes.after));
    let bounds: BTreeSet<u64> = before.keys().chain(after.keys()).copied().collect();
    let moved = bounds.into_iter().filter_map(|bound| {
        let requests = |side: &BTreeMap<u64, u64>| side.get(&bound).copied().unwrap_or_default();
        let (before, after) = (requests(&before), requests(&after));
        let bound = bytes_exact(as_signed(bound));
        (before != after).then(|| format!("≤ {bound} {before} → {after}"))
    });
    format!("sizes {}  exact", moved.collect::<Vec<_>>().join(" · "))
}

/// A metric before and after, as in `allocs 7 → 9 (+2)`.
fn moved(difference: &Difference) -> String {
    let (before, after) = (difference.before, difference.after);
    let by = after.saturating_sub(before);
    let (before, after, by) = match difference.metric.unit() {
        Unit::Count => (count(before), count(after), signed_count(by)),
        Unit::Bytes => (bytes_exact(before), bytes_exact(after), signed_bytes(by)),
    };
    format!("{} {before} → {after} ({by})", difference.metric.key())
}

/// A difference between the sides, as in `compiler: 1.94.0 → 1.95.0`.
pub fn difference(obstacle: &Obstacle) -> String {
    let what = match obstacle.aspect {
        Aspect::Target => "target",
        Aspect::Compiler => "compiler",
        Aspect::LockFile => "lock file",
        Aspect::Dependencies => "dependencies",
        Aspect::Allocator => "allocator",
        Aspect::Machine => "machine",
        Aspect::Method => "version of the counting method",
    };
    let short = |text: &str| match obstacle.aspect {
        // A hash shows only that there is a difference.
        Aspect::LockFile | Aspect::Dependencies => text.chars().take(12).collect(),
        _ => visible(text),
    };
    let (before, after) = (short(&obstacle.before), short(&obstacle.after));
    format!("{what}: {before} → {after}")
}

/// The number of cases by verdict, worst first.
pub fn summary(comparison: &Comparison) -> String {
    if !comparison.obstacles.is_empty() {
        return "not comparable: nothing was judged".to_owned();
    }
    let verdicts = [
        CountVerdict::Worse,
        CountVerdict::Mixed,
        CountVerdict::Undecided,
        CountVerdict::Removed,
        CountVerdict::Added,
        CountVerdict::Better,
        CountVerdict::Same,
    ];
    let mut parts = Vec::new();
    for verdict in verdicts {
        let number = comparison.count(verdict);
        if number > 0 {
            parts.push(format!("{number} {}", word(verdict).to_lowercase()));
        }
    }
    // A case that fails on both sides counts once.
    let failed = failures(comparison).map(|(_, failure)| failure.id.as_str());
    let failed: BTreeSet<&str> = failed.collect();
    if !failed.is_empty() {
        parts.push(format!("{} failed", failed.len()));
    }
    let judged = comparison.changes.iter().map(|change| change.id.as_str());
    let cases = failed.into_iter().chain(judged).collect::<BTreeSet<_>>();
    let cases = heapmark_model::format::plural(cases.len(), "case");
    format!("{cases}: {}", parts.join(", "))
}

/// Both sides, as in `main (3f2a91c) → work tree (90ab12c, changed)`.
pub fn sides(comparison: &Comparison) -> String {
    let name = |side: &Side| {
        let hash: String = side.commit.chars().take(7).collect();
        let dirty = if side.dirty { ", changed" } else { "" };
        format!("{} ({hash}{dirty})", visible(&side.name))
    };
    format!("{} → {}", name(&comparison.base), name(&comparison.head))
}
