//! How long an iteration takes, in words and as a chart of its launches. It never gives a
//! verdict: times of two runs differ by what else the machine did, so a comparison measures both
//! sides in turn.

use serde::Serialize;

use super::axis::Tick;
use heapmark_model::format;
use heapmark_model::record::{Entry, InstructionSettings, Run, Time, TimeSettings};

/// What a page of a case says of its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// The median, for a person.
    pub median: String,
    /// The median to the picosecond.
    pub exact: String,
    /// The interval in words.
    pub interval: String,
    /// How it was taken, a sentence each.
    pub notes: Vec<String>,
    /// Every launch.
    pub chart: LaunchChart,
}

/// The launches of a case, each at its time, from the first above to the last below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LaunchChart {
    /// The chart in a sentence, for those who do not see it.
    pub label: String,
    /// The left end of the axis, in picoseconds.
    pub low: u64,
    /// The right end.
    pub high: u64,
    /// Labelled times, at least three.
    pub ticks: Vec<Tick>,
    /// The median of the launches.
    pub median: u64,
    /// Both ends of the interval; absent where launches were too few.
    pub interval: Option<(u64, u64)>,
    /// The median batch of each launch.
    pub launches: Vec<u64>,
}

/// What a page of a case says of its instructions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instructions {
    /// Their number, for a person.
    pub number: String,
    /// `exact`, or why not.
    pub trust: String,
    /// How they were counted, in a sentence.
    pub note: String,
}

/// The time as tables show it, as in `18.1 ns ±0.3`.
pub(super) fn short(time: &Time) -> String {
    time.interval.map_or_else(
        || format::duration(time.median),
        |interval| format::duration_within(time.median, interval.low, interval.high),
    )
}

/// The time to the picosecond with its interval, in a sentence.
pub(super) fn in_full(time: &Time) -> String {
    format!(
        "{}, the median of {}; {}. It gives no verdict here.",
        format::duration_exact(time.median),
        format::plural(time.launches.len(), "launch"),
        interval(time)
    )
}

/// Where the median lies, in words.
fn interval(time: &Time) -> String {
    time.interval.map_or_else(
        || "too few launches for an interval".to_owned(),
        |interval| {
            let span = format::duration_span(interval.low, interval.high);
            format!("95 % interval {span}")
        },
    )
}

impl Timing {
    pub(super) fn of(entry: &Entry, run: &Run) -> Option<Self> {
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
        "{launches}, each a new process, drawn from the first above to the last below."
    )];
    if let Some(settings) = settings {
        notes.push(layouts(settings));
    }
    if time.disturbed > 0 {
        notes.push(format!(
            "{} left out: somebody shared the processor meanwhile.",
            format::plural(time.disturbed as usize, "more launch")
        ));
    }
    notes.push("Time gives no verdict on this page: that takes a comparison, which runs both sides in turn.".to_owned());
    notes
}

/// In how many layouts of the code times were taken, or why in one only.
pub(super) fn layouts(settings: &TimeSettings) -> String {
    match &settings.not_shuffled {
        Some(why) => format!(
            "Layout not randomised: {}. Another order of the same code may be faster or slower.",
            why.trim_end_matches('.')
        ),
        None => format!(
            "The code was laid out in {} different orders.",
            format::count(i64::from(settings.layouts))
        ),
    }
}

impl Instructions {
    pub(super) fn of(entry: &Entry, run: &Run) -> Option<Self> {
        let value = entry.instructions.as_ref()?;
        let reason = value.why.map(super::cell::doubt);
        let spread = value.spread.map_or_else(String::new, |spread| {
            let (min, max) = (format::count(spread.min), format::count(spread.max));
            format!(", {min} to {max}")
        });
        let why = reason.unwrap_or("repetitions need not agree");
        Some(Self {
            number: value
                .value
                .map_or_else(|| "not known".to_owned(), format::count),
            trust: match (value.value, value.exact) {
                (Some(_), true) => "exact: every repetition agreed".to_owned(),
                (Some(_), false) => format!("sampled{spread}: {why}"),
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

/// Gaps between ticks at most: three labels fit on a phone, five do not.
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
                "Times of {} from {}: median {}, {}.",
                format::plural(time.launches.len(), "launch"),
                format::duration_span(low, high),
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
    fn the_axis_of_launches_holds_them_all_between_round_times() {
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
    fn a_time_says_where_its_median_lies_and_that_it_judges_nothing() {
        let text = in_full(&time(&[17_800, 18_100, 18_300]));
        assert_eq!(
            text,
            "18,100 ps, the median of 3 launches; 95 % interval 17.8 … 18.3 ns. It gives no verdict here."
        );
    }

    #[test]
    fn without_an_interval_none_is_claimed() {
        let mut time = time(&[18_100]);
        time.interval = None;
        assert_eq!(short(&time), "18.1 ns");
        assert!(in_full(&time).contains("too few launches"));
    }
}
