//! Values and remarks as text, shared by table, summary and Markdown.

use heapmark_model::format::{bytes, count, duration, duration_within};
use heapmark_model::record::{Entry, Expected, Instability, Metric, Time, Unit, Value};
use heapmark_site::view::per_metric;

/// The text of a value that was not measured.
pub(super) const NOT_MEASURED: &str = "–";

/// A value with its unit. `~` marks a value that varies, `?` one that is unknown.
pub(super) fn value(metric: Metric, value: Option<&Value>) -> String {
    let rate = value.and_then(|value| value.rate.as_ref()?.per_iteration());
    if let Some(rate) = rate {
        return format!("~{}", per_metric(metric, rate));
    }
    written(value, |number| match metric.unit() {
        Unit::Count => count(number),
        Unit::Bytes => bytes(number),
    })
}

/// Allocations and, if there are any, reallocations, as in `1 +4 re`.
pub(super) fn allocs(entry: &Entry) -> String {
    let allocs = value(Metric::Allocs, entry.metrics.get(&Metric::Allocs));
    match entry.metrics.get(&Metric::Reallocs) {
        None => allocs,
        Some(resized) if resized.exact && resized.value == Some(0) => allocs,
        resized => format!("{allocs} +{} re", value(Metric::Reallocs, resized)),
    }
}

/// The median with its confidence interval, as in `18.1 ns ±0.3`. After too few launches there is no
/// interval.
pub(super) fn time(time: Option<&Time>) -> String {
    let Some(time) = time else {
        return NOT_MEASURED.to_owned();
    };
    time.interval.map_or_else(
        || duration(time.median),
        |interval| duration_within(time.median, interval.low, interval.high),
    )
}

/// Instructions of one iteration.
pub(super) fn instructions(value: Option<&Value>) -> String {
    written(value, count)
}

fn written(value: Option<&Value>, number: impl Fn(i64) -> String) -> String {
    let Some(value) = value else {
        return NOT_MEASURED.to_owned();
    };
    let mark = if value.exact { "" } else { "~" };
    value.value.map_or_else(
        || "?".to_owned(),
        |known| format!("{mark}{}", number(known)),
    )
}

/// The reason why the case is not exact, if it is not.
pub(super) fn instability(entry: &Entry) -> Option<&'static str> {
    let why = entry.metrics.values().find_map(|value| value.why)?;
    Some(match why {
        Instability::OtherThreads => "other threads allocate or free",
        Instability::RepetitionsDiffer => "iterations differ within one process",
        Instability::ProcessesDiffer => "processes differ from each other",
        Instability::ControlDisagrees => "the control counter (stats_alloc) counted other numbers",
        Instability::VariedBefore => "the case varied in an earlier run",
    })
}

/// The assertions of the case that fail, each as in `asserts allocs == 0, counted 1`.
pub fn unmet(entry: &Entry) -> impl Iterator<Item = String> {
    let unmet = entry.expected.iter().filter(|expected| !expected.met);
    unmet.map(|Expected { claim, .. }| {
        let key = claim.split(' ').next();
        if let (Some("growth"), Some(growth)) = (key, &entry.growth) {
            return format!(
                "asserts {claim}, but is {}: {}",
                growth.verdict, growth.reason
            );
        }
        let metric = Metric::ALL.into_iter().find(|one| Some(one.key()) == key);
        let counted = metric.and_then(|metric| entry.metrics.get(&metric));
        let counted = match counted.map(|counted| (counted.value, counted.spread)) {
            Some((_, Some(spread))) => format!("{} to {}", count(spread.min), count(spread.max)),
            Some((Some(value), None)) => count(value),
            _ => "an unknown number".to_owned(),
        };
        format!("asserts {claim}, counted {counted}")
    })
}
