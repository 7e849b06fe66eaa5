//! Texts about metrics that vary between iterations.

use heapmark_model::analysis::change::{Change, Ranges};
use heapmark_model::format::{per_iteration, per_iteration_bytes};
use heapmark_model::record::{Metric, RateRange, Unit};

/// Metrics that vary but certainly changed, as in `allocs 0 → 1.01 an iteration (varies)`.
pub(super) fn moved(change: &Change) -> impl Iterator<Item = String> {
    let certain = change.ranges.iter().filter(|one| one.rose().is_some());
    certain.map(|one| format!("{} an iteration (varies)", ranges(one)))
}

/// Metrics that could not be judged, with their ranges if these are known, as in
/// `allocs 1.01–1.03 → 1.02–1.04 an iteration, peak`.
pub(super) fn unjudged(change: &Change) -> Option<String> {
    let words = change.unjudged.iter().map(|&metric| {
        let mut known = change.ranges.iter();
        match known.find(|one| one.metric == metric) {
            Some(overlapping) => format!("{} an iteration", ranges(overlapping)),
            None => metric.key().to_owned(),
        }
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn ranges(ranges: &Ranges) -> String {
    let (before, after) = (
        range(ranges.metric, &ranges.before),
        range(ranges.metric, &ranges.after),
    );
    format!("{} {before} → {after}", ranges.metric.key())
}

/// A range per iteration, as in `1.01–1.03`; one number if all processes agree.
pub(super) fn range(metric: Metric, range: &RateRange) -> String {
    let (low, high) = range.per_iteration();
    let (low, high) = (per_metric(metric, low), per_metric(metric, high));
    if low == high {
        low
    } else {
        format!("{low}–{high}")
    }
}

/// A number of `metric` per iteration.
pub fn per_metric(metric: Metric, value: f64) -> String {
    match metric.unit() {
        Unit::Count => per_iteration(value),
        Unit::Bytes => per_iteration_bytes(value),
    }
}
