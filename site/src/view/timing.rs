//! How long an iteration takes, in words and as a chart of its launches. Times get no verdict here,
//! because times of two runs also differ by the state of the machine. A comparison measures both
//! sides alternately instead.

use serde::Serialize;

use super::axis::Tick;
use heapmark_model::format;
use heapmark_model::record::{Entry, InstructionSettings, Run, Time, TimeSettings};

/// The time of a case, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// The median, rounded.
    pub median: String,
    /// The median to the picosecond.
    pub exact: String,
    /// The interval in words.
    pub interval: String,
    /// How it was measured, a sentence each.
    pub notes: Vec<String>,
    /// Every launch.
    pub chart: LaunchChart,
}

/// The launches of a case, the first on top, each at its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LaunchChart {
    /// The chart in a sentence, for screen readers.
    pub label: String,
    /// The left end of the axis, in picoseconds.
    pub low: u64,
    /// The right end.
    pub high: u64,
    /// Labelled times, at least three.
    pub ticks: Vec<Tick>,
    /// The median of the launches.
    pub median: u64,
    /// Both ends of the interval; absent if there were too few launches.
    pub interval: Option<(u64, u64)>,
    /// The median batch of each launch.
    pub launches: Vec<u64>,
}

/// The instructions of a case, as its page shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instructions {
    /// Their number, as displayed.
    pub number: String,
    /// `exact`, or why the number varies.
    pub trust: String,
    /// How they were counted, in a sentence.
    pub note: String,
}

/// The time in a table, as in `18.1 ns ±0.3`.
pub(super) fn short(time: &Time) -> String {
    time.interval.map_or_else(
        || format::duration(time.median),
        |interval| within(time.median, interval.low, interval.high),
    )
}

/// A median with its interval, as in `18.1 ns ±0.3`. If one end is more than 1.5 times as far from
/// the median as the other, both ends are shown, as in `470 ps (429–774 ps)`.
pub(super) fn within(median: u64, low: u64, high: u64) -> String {
    let (below, above) = (median.saturating_sub(low), high.saturating_sub(median));
    let (near, far) = (below.min(above), below.max(above));
    let is_symmetric = far.saturating_mul(2) <= near.saturating_mul(3);
    if is_symmetric || format::duration(low) == format::duration(high) {
        return format::duration_within(median, low, high);
    }
    format!("{} ({})", format::duration(median), span(low, high))
}

/// A range of times, as in `17.8–18.4 ns`.
fn span(low: u64, high: u64) -> String {
    format::duration_span(low, high).replace(" … ", "–")
}

/// The time to the picosecond with its interval, in a sentence.
pub(super) fn in_full(time: &Time) -> String {
    format!(
        "{}, the median of {}; {}. Times are not judged here.",
        format::duration_exact(time.median),
        format::plural(time.launches.len(), "launch"),
        interval(time)
    )
}

/// The interval of the median, in words.
fn interval(time: &Time) -> String {
    time.interval.map_or_else(
        || "too few launches for an interval".to_owned(),
        |interval| {
            let span = span(interval.low, interval.high);
            format!("95 % interval {span}")
        },
    )
}

impl Timing {
    pub(super) fn from_entry(entry: &Entry, run: &Run) -> Option<Self> {
        let time = entry.time.as_ref()?;
        Some(Self {
            median: format::duration(time.median),
            exact: format::duration_exact(time.median),
            interval: interval(time),
            notes: notes(time, run.time.as_ref()),
            chart: LaunchChart::new(time),
        })
    }
}

fn notes(time: &Time, settings: Option<&TimeSettings>) -> Vec<String> {
    let launches = format::plural(time.launches.len(), "launch");
    let mut notes = vec![format!(
        "{launches}, each a new process. First launch on top."
    )];
    if let Some(settings) = settings {
        notes.push(link_orders(settings));
    }
    if time.disturbed > 0 {
        notes.push(format!(
            "{} {} discarded, because other processes used the processor.",
            format::plural(time.disturbed as usize, "more launch"),
            if time.disturbed == 1 { "was" } else { "were" }
        ));
    }
    notes.push("Times are not judged on this page. To compare the times of two revisions, run `cargo heapmark compare`.".to_owned());
    notes
}

/// The number of link orders, or why there was only one.
pub(super) fn link_orders(settings: &TimeSettings) -> String {
    match &settings.not_shuffled {
        Some(why) => format!(
            "Link order not randomised: {}. Another order of the same code may be faster or slower.",
            why.trim_end_matches('.')
        ),
        None => format!(
            "This run used {}.",
            format::plural(settings.link_orders as usize, "link order")
        ),
    }
}

impl Instructions {
    pub(super) fn from_entry(entry: &Entry, run: &Run) -> Option<Self> {
        let value = entry.instructions.as_ref()?;
        let reason = value.why.map(super::cell::instability);
        let spread = value.spread.map_or_else(String::new, |spread| {
            let (min, max) = (format::count(spread.min), format::count(spread.max));
            format!(" ({min} to {max})")
        });
        let why = reason.unwrap_or("no reason was recorded");
        Some(Self {
            number: value
                .value
                .map_or_else(|| "unknown".to_owned(), format::count),
            trust: match (value.value, value.exact) {
                (Some(_), true) => "exact: every repetition agreed".to_owned(),
                (Some(_), false) => format!("varies{spread}: {why}"),
                (None, _) => reason.unwrap_or("they cannot be counted here").to_owned(),
            },
            note: run
                .instructions
                .as_ref()
                .map(counted_by)
                .unwrap_or_default(),
        })
    }
}

fn counted_by(settings: &InstructionSettings) -> String {
    format!(
        "Counted by callgrind of valgrind {} in {} after a warm-up call.",
        settings.valgrind,
        format::plural(settings.repetitions as usize, "repetition")
    )
}

/// Maximum number of gaps between ticks: three labels fit on a phone, five do not.
const MAX_GAPS: u64 = 3;

impl LaunchChart {
    fn new(time: &Time) -> Self {
        let interval = time.interval.map(|interval| (interval.low, interval.high));
        let ends = interval.iter().flat_map(|&(low, high)| [low, high]);
        let values = || time.launches.iter().copied().chain([time.median]);
        let low = values().chain(ends.clone()).min().unwrap_or_default();
        let high = values().chain(ends).max().unwrap_or_default();
        let ticks = ticks(low, high);
        let labels = format::duration_ticks(&ticks);
        Self {
            label: format!(
                "Times of {}: {}, median {}, {}.",
                format::plural(time.launches.len(), "launch"),
                span(low, high),
                format::duration(time.median),
                self::interval(time)
            ),
            low: ticks.first().copied().unwrap_or_default(),
            high: ticks.last().copied().unwrap_or_default(),
            ticks: ticks
                .iter()
                .zip(labels)
                .map(|(&value, label)| Tick {
                    value: format::as_signed(value),
                    label,
                })
                .collect(),
            median: time.median,
            interval,
            launches: time.launches.clone(),
        }
    }
}

/// Round times around `low` and `high`, at least three, evenly apart.
fn ticks(low: u64, high: u64) -> Vec<u64> {
    let span = high.saturating_sub(low).max(2);
    let mut size: u64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let Some(step) = size.checked_mul(factor) else {
                return vec![0, u64::MAX / 2, u64::MAX];
            };
            let first = low / step;
            let last = high.div_ceil(step).max(first.saturating_add(2));
            let reached =
                step >= span.div_ceil(MAX_GAPS) && (2..=MAX_GAPS).contains(&(last - first));
            if reached && last.checked_mul(step).is_some() {
                return (first..=last).map(|number| number * step).collect();
            }
        }
        let Some(next) = size.checked_mul(10) else {
            return vec![0, u64::MAX / 2, u64::MAX];
        };
        size = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapmark_model::record::Interval;

    fn time(launches: &[u64]) -> Time {
        Time {
            median: launches[launches.len() / 2],
            interval: Some(Interval {
                low: 17_800,
                high: 18_300,
            }),
            launches: launches.to_vec(),
            disturbed: 0,
        }
    }

    #[test]
    fn the_axis_of_launches_contains_all_of_them_between_round_times() {
        assert_eq!(ticks(17_800, 18_420), [17_500, 18_000, 18_500]);
        for (low, high) in [
            (0, 0),
            (7, 7),
            (999, 1_001),
            (0, u64::MAX),
            (u64::MAX, u64::MAX),
        ] {
            let ticks = ticks(low, high);
            assert!((3..=4).contains(&ticks.len()), "{low}..{high}: {ticks:?}");
            assert!(
                ticks[0] <= low && high <= ticks[ticks.len() - 1],
                "{ticks:?}"
            );
        }
    }

    #[test]
    fn a_time_states_its_interval_and_that_it_is_not_judged() {
        let text = in_full(&time(&[17_800, 18_100, 18_300]));
        assert_eq!(
            text,
            "18,100 ps, the median of 3 launches; 95 % interval 17.8–18.3 ns. Times are not judged here."
        );
    }

    #[test]
    fn an_interval_that_is_not_symmetric_shows_both_ends() {
        assert_eq!(within(18_100, 17_800, 18_300), "18.1 ns ±0.3");
        assert_eq!(within(470, 429, 774), "470 ps (429–774 ps)");
        assert_eq!(within(992, 990, 1_200), "992 ps (0.99–1.20 ns)");
        assert_eq!(within(18_100, 18_099, 18_110), "18.1 ns ±0.01");
    }

    #[test]
    fn without_an_interval_none_is_claimed() {
        let mut time = time(&[18_100]);
        time.interval = None;
        assert_eq!(short(&time), "18.1 ns");
        assert!(in_full(&time).contains("too few launches"));
    }
}
