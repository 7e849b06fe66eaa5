//! One number in a table: its text, whether it can be trusted to the last digit, what changed.

use serde::Serialize;

use super::status::Tone;
use super::timing;
use super::varies;
use heapmark_model::analysis::change::Change;
use heapmark_model::format;
use heapmark_model::record::{Doubt, Entry, Metric, Time, Unit, Value};

/// A metric of a case, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The key of the metric.
    pub metric: &'static str,
    /// The number for a person; a dash where it is not known.
    pub text: String,
    /// The number that tables are sorted by; absent where it is not known.
    pub value: Option<i64>,
    /// The number in full, and why it is not exact where it is not.
    pub title: String,
    /// Whether the number is a median of repetitions that differ.
    pub sampled: bool,
    /// The change since the base with its sign; absent where nothing changed.
    pub delta: Option<String>,
    /// Whether the change is for the better; absent where nothing changed.
    pub tone: Option<Tone>,
    /// Whether it is the least among the answers to a question.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub best: bool,
    /// How many times the least among those answers it is, of times alone.
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

    /// The median time with its interval. It never carries a change: two runs at two times are
    /// no comparison of times.
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
            // Instructions are a number of events, as allocations are.
            title: title(Metric::Allocs, value),
            sampled: known.is_some() && value.is_some_and(|value| !value.exact),
            delta: None,
            tone: None,
            best: false,
            ratio: None,
        }
    }

    /// A cell of a case that the newest run has no numbers for.
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

/// The average of a value that varies if many iterations were run; else `known`, its median.
fn rated(metric: Metric, value: Option<&Value>, known: i64) -> String {
    let rate = value.and_then(|value| value.rate.as_ref()?.per_iteration());
    rate.map_or_else(
        || number(metric, known),
        |rate| varies::per_metric(metric, rate),
    )
}

/// Growth is more and shrinking is less, except for frees, which mirror the other numbers.
fn tone(metric: Metric, grew: bool) -> Option<Tone> {
    match (metric, grew) {
        (Metric::Frees | Metric::DropFrees, _) => None,
        (_, true) => Some(Tone::More),
        (_, false) => Some(Tone::Less),
    }
}

/// A value of `metric` for a person.
pub(super) fn number(metric: Metric, value: i64) -> String {
    match metric.unit() {
        Unit::Count => format::count(value),
        Unit::Bytes => format::bytes(value),
    }
}

/// A value of `metric` to the last digit.
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
    let reason = value.why.map(doubt);
    match (value.value, value.exact) {
        (Some(number), true) => format!("{}, exact", in_full(metric, number)),
        (Some(number), false) => format!(
            "{}{}{}; varies: {}",
            in_full(metric, number),
            spread(metric, value),
            over_many(metric, value),
            reason.unwrap_or("repetitions need not agree")
        ),
        (None, _) => format!(
            "Not known: {}",
            reason.unwrap_or("it cannot be measured here")
        ),
    }
}

/// What many iterations of a value come to, as in `; 1.01–1.03 an iteration over 1,000 iterations
/// in each of 10 processes`; empty if they were not run.
fn over_many(metric: Metric, value: &Value) -> String {
    let longest = value.rate.as_ref().and_then(|rate| {
        let range = rate.ranges.last()?;
        Some((rate.processes, range))
    });
    longest.map_or_else(String::new, |(processes, range)| {
        format!(
            "; {} an iteration over {} in each of {}",
            varies::range(metric, range),
            format::plural(range.iterations as usize, "iteration"),
            format::plural(processes as usize, "process"),
        )
    })
}

/// The spread of a sampled value, as in ` (3 to 5)`; empty where there is none.
pub(super) fn spread(metric: Metric, value: &Value) -> String {
    value.spread.map_or_else(String::new, |spread| {
        let (min, max) = (in_full(metric, spread.min), in_full(metric, spread.max));
        format!(" ({min} to {max})")
    })
}

/// Why a number is not exact, in words.
pub(super) fn doubt(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::OtherThreads => "other threads touch the heap, so events have no order of their own",
        Doubt::RepetitionsDiffer => "repetitions in one process differ",
        Doubt::ProcessesDiffer => {
            "processes differ from each other, as they do where hash seeds decide"
        }
        Doubt::WitnessDisagrees => "stats_alloc, the independent counter, saw other totals",
        Doubt::VariedBefore => "this run agreed, but an earlier run of the same code did not",
    }
}
