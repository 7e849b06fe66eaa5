//! One number in a table: its text, whether it is exact, and what changed.

use serde::Serialize;

use super::status::Tone;
use super::timing;
use super::varies;
use heapmark_model::analysis::change::Change;
use heapmark_model::format;
use heapmark_model::record::{Entry, Instability, Metric, Time, Unit, Value};

/// A metric of a case, formatted for display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The key of the metric.
    pub metric: &'static str,
    /// The number as displayed; a dash if it is unknown.
    pub text: String,
    /// The number that tables are sorted by; absent if it is unknown.
    pub value: Option<i64>,
    /// The number in full, and why it varies if it does.
    pub title: String,
    /// Whether the number varies, so that `text` is an average or a median.
    pub sampled: bool,
    /// The change since the base with its sign; absent if nothing changed.
    pub delta: Option<String>,
    /// Whether the change is for the better; absent if nothing changed.
    pub tone: Option<Tone>,
    /// Whether it is the smallest among the answers to a question.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub best: bool,
    /// The ratio to the smallest among those answers; only for times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<String>,
}

/// The names of the columns, in order: key and heading.
pub(super) fn heading(metric: Metric) -> &'static str {
    match metric {
        Metric::Allocs => "Allocs",
        Metric::Frees => "Frees",
        Metric::Reallocs => "Reallocs",
        Metric::Bytes => "Bytes",
        Metric::Peak => "Peak",
        Metric::Retained => "Retained",
        Metric::DropAllocs => "Allocs in drop",
        Metric::DropFrees => "Frees in drop",
        Metric::DropReallocs => "Reallocs in drop",
        Metric::DropBytes => "Bytes in drop",
    }
}

impl Cell {
    pub(super) fn new(entry: &Entry, metric: Metric, change: Option<&Change>) -> Self {
        let value = entry.metrics.get(&metric);
        let known = value.and_then(|value| value.value);
        let sampled = value.is_some_and(|value| !value.exact);
        let difference = change.and_then(|change| {
            let all = change.differences.iter();
            all.clone().find(|difference| difference.metric == metric)
        });
        Self {
            metric: metric.key(),
            text: known.map_or_else(|| "—".to_owned(), |known| rated(metric, value, known)),
            value: known,
            title: title(metric, value),
            sampled: sampled && known.is_some(),
            delta: difference.map(|d| signed(metric, d.after.saturating_sub(d.before))),
            tone: difference.and_then(|d| tone(metric, d.after > d.before)),
            best: false,
            ratio: None,
        }
    }

    /// The median time with its interval. It never has a change, because times of two separate
    /// runs cannot be compared.
    pub(super) fn time(time: Option<&Time>) -> Self {
        Self {
            metric: "time",
            text: time.map_or_else(|| "—".to_owned(), timing::short),
            value: time.map(|time| format::as_signed(time.median)),
            title: time.map_or_else(|| "Not timed.".to_owned(), timing::in_full),
            sampled: false,
            delta: None,
            tone: None,
            best: false,
            ratio: None,
        }
    }

    /// The instructions of one iteration.
    pub(super) fn instructions(value: Option<&Value>) -> Self {
        let known = value.and_then(|value| value.value);
        Self {
            metric: "instructions",
            text: known.map_or_else(|| "—".to_owned(), format::count),
            value: known,
            // Instructions are a count of events, like allocations.
            title: title(Metric::Allocs, value),
            sampled: known.is_some() && value.is_some_and(|value| !value.exact),
            delta: None,
            tone: None,
            best: false,
            ratio: None,
        }
    }

    /// A cell of a case for which the newest run has no numbers.
    pub(super) fn blank(metric: Metric) -> Self {
        Self {
            metric: metric.key(),
            text: "—".to_owned(),
            value: None,
            title: "Not counted in this run.".to_owned(),
            sampled: false,
            delta: None,
            tone: None,
            best: false,
            ratio: None,
        }
    }
}

/// The average of a value that varies, if many iterations were run; otherwise `known`, its median.
fn rated(metric: Metric, value: Option<&Value>, known: i64) -> String {
    let rate = value.and_then(|value| value.rate.as_ref()?.per_iteration());
    rate.map_or_else(
        || number(metric, known),
        |rate| varies::per_metric(metric, rate),
    )
}

/// Growth is worse and shrinking is better, except for frees, which mirror the other numbers.
fn tone(metric: Metric, grew: bool) -> Option<Tone> {
    match (metric, grew) {
        (Metric::Frees | Metric::DropFrees, _) => None,
        (_, true) => Some(Tone::More),
        (_, false) => Some(Tone::Less),
    }
}

/// A value of `metric` as displayed, rounded.
pub(super) fn number(metric: Metric, value: i64) -> String {
    match metric.unit() {
        Unit::Count => format::count(value),
        Unit::Bytes => format::bytes(value),
    }
}

/// The exact value of `metric`.
pub(super) fn in_full(metric: Metric, value: i64) -> String {
    match metric.unit() {
        Unit::Count => format::count(value),
        Unit::Bytes => format::bytes_exact(value),
    }
}

/// A difference of `metric` with its sign.
pub(super) fn signed(metric: Metric, value: i64) -> String {
    match metric.unit() {
        Unit::Count => format::signed_count(value),
        Unit::Bytes => format::signed_bytes(value),
    }
}

fn title(metric: Metric, value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "Not measured.".to_owned();
    };
    let reason = value.why.map(instability);
    match (value.value, value.exact) {
        (Some(number), true) => format!("{}, exact", in_full(metric, number)),
        (Some(number), false) => format!(
            "median {}{}{}; varies: {}",
            in_full(metric, number),
            spread(metric, value),
            over_many(metric, value),
            reason.unwrap_or("no reason was recorded")
        ),
        (None, _) => format!(
            "Unknown: {}",
            reason.unwrap_or("it cannot be measured here")
        ),
    }
}

/// The rate of a value over many iterations, as in `; average 1.01–1.03 over 1,000 iterations in
/// each of 10 processes`; empty if they were not run.
fn over_many(metric: Metric, value: &Value) -> String {
    let longest = value.rate.as_ref().and_then(|rate| {
        let range = rate.ranges.last()?;
        Some((rate.processes, range))
    });
    longest.map_or_else(String::new, |(processes, range)| {
        format!(
            "; average {} over {} in each of {}",
            varies::range(metric, range),
            format::plural(range.iterations as usize, "iteration"),
            format::plural(processes as usize, "process"),
        )
    })
}

/// The spread of a value that varies, as in ` (3 to 5)`; empty if there is none.
pub(super) fn spread(metric: Metric, value: &Value) -> String {
    value.spread.map_or_else(String::new, |spread| {
        let (min, max) = (in_full(metric, spread.min), in_full(metric, spread.max));
        format!(" ({min} to {max})")
    })
}

/// Why a number is not exact.
pub(super) fn instability(instability: Instability) -> &'static str {
    match instability {
        Instability::OtherThreads => {
            "other threads allocate or free too, so the order of events is undefined"
        }
        Instability::RepetitionsDiffer => "repetitions in one process differ",
        Instability::ProcessesDiffer => {
            "processes differ, for example because of random hash seeds"
        }
        Instability::ControlDisagrees => "the control counter stats_alloc counted other totals",
        Instability::VariedBefore => {
            "an earlier run of the same code varied, although this one did not"
        }
    }
}
