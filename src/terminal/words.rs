//! The words and numbers that table, summary and markdown share.

use crate::format::{bytes, count};
use crate::record::{Doubt, Entry, Metric, Unit, Value};

/// A value with its unit; `~` marks a sampled one and `?` one that cannot be known.
pub(super) fn value(metric: Metric, value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "–".to_owned();
    };
    let Some(number) = value.value else {
        return "?".to_owned();
    };
    let number = match metric.unit() {
        Unit::Count => count(number),
        Unit::Bytes => bytes(number),
    };
    let mark = if value.exact { "" } else { "~" };
    format!("{mark}{number}")
}

/// Why the case is not exact, if it is not.
pub(super) fn doubt(entry: &Entry) -> Option<&'static str> {
    let why = entry.metrics.values().find_map(|value| value.why)?;
    Some(match why {
        Doubt::OtherThreads => "other threads touch the heap",
        Doubt::RepetitionsDiffer => "iterations in one process differ",
        Doubt::ProcessesDiffer => "processes differ, each being steady",
        Doubt::WitnessDisagrees => "stats_alloc counted otherwise",
        Doubt::VariedBefore => "an earlier run of the case varied",
    })
}
