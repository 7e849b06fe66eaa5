//! The charts of one iteration: live bytes over its events, and requests by size.

use std::collections::BTreeMap;

use serde::Serialize;

use super::axis::{Axis, Tick};
use heapmark_model::format;
use heapmark_model::record::{Timeline, Unit};

/// Live bytes over the allocation events of one iteration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimelineChart {
    /// The chart in a sentence, for screen readers.
    pub label: String,
    /// The y axis, in bytes.
    pub axis: Axis,
    /// Live bytes before the first event: the input.
    pub start: i64,
    /// Events of the iteration; the x axis ends here.
    pub events: u64,
    /// Labelled event numbers of the x axis.
    pub event_ticks: Vec<Tick>,
    /// The first event that belongs to dropping the result; absent if there is none.
    pub drop_at: Option<u64>,
    /// The first event that is missing, if the recording was cut.
    pub missing_from: Option<u64>,
    /// Event number and live bytes after it.
    pub points: Vec<(u64, i64)>,
    /// The highest point; absent if nothing rises above the start.
    pub peak: Option<Peak>,
    /// What the chart does not show, and how to read it.
    pub notes: Vec<String>,
}

/// The highest point of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Peak {
    /// The event that reaches it.
    pub event: u64,
    /// Live bytes after that event.
    pub live: i64,
    /// Its label, as in `peak 2.00 KiB`: the height above the start.
    pub label: String,
}

impl TimelineChart {
    /// The chart of `timeline`; `None` if it has no event.
    pub(super) fn new(timeline: &Timeline) -> Option<Self> {
        let points: Vec<(u64, i64)> = timeline.points().collect();
        let &(last_event, last) = points.last()?;
        let (peak_event, highest) = points.iter().copied().rev().max_by_key(|&(_, live)| live)?;
        let levels = points.iter().map(|&(_, live)| live).chain([timeline.start]);
        // Records are not validated: counts that contradict each other must not break a page.
        let events = timeline.events.max(last_event.saturating_add(1));
        let drop_at = (timeline.drop_at < events).then_some(timeline.drop_at);
        Some(Self {
            label: label(timeline.start, events, highest, last, drop_at),
            axis: Axis::from_zero(levels, Unit::Bytes),
            start: timeline.start,
            events,
            event_ticks: event_ticks(events),
            drop_at,
            missing_from: timeline.cut.then(|| last_event.saturating_add(1)),
            points,
            peak: (highest > timeline.start).then(|| Peak {
                event: peak_event,
                live: highest,
                label: format!(
                    "peak {}",
                    format::bytes(highest.saturating_sub(timeline.start))
                ),
            }),
            notes: notes(timeline, last_event),
        })
    }
}

fn label(start: i64, events: u64, highest: i64, last: i64, drop_at: Option<u64>) -> String {
    let count =
        |events: u64| format::plural(usize::try_from(events).unwrap_or(usize::MAX), "event");
    let count_of = |events: u64| format::count(format::as_signed(events));
    let drop = drop_at.map_or_else(String::new, |first| {
        format!(" ({} in drop)", count_of(events - first))
    });
    let rise = if highest > start {
        format!("up to {}", format::bytes(highest))
    } else {
        "never higher".to_owned()
    };
    format!(
        "Live bytes over {}{drop}: {} at the start, {rise}, {} at the end.",
        count(events),
        format::bytes(start),
        format::bytes(last),
    )
}

fn notes(timeline: &Timeline, last_event: u64) -> Vec<String> {
    let number = |events: u64| format::count(format::as_signed(events));
    let mut notes = Vec::new();
    if timeline.cut {
        notes.push(format!(
            "The recording was full after {} of {} events. Later events are not shown.",
            number(last_event.saturating_add(1)),
            number(timeline.events)
        ));
    }
    if timeline.at.is_some() {
        notes.push(format!(
            "{} of {} events are shown: the lowest and the highest of each section.",
            number(timeline.live.len() as u64),
            number(timeline.events)
        ));
    }
    if timeline.start > 0 {
        notes.push(format!(
            "{} are live before the first event: the input, whose allocation is not counted.",
            format::bytes(timeline.start)
        ));
    }
    notes
}

/// First, middle and last event.
fn event_ticks(events: u64) -> Vec<Tick> {
    let mut numbers = vec![1, events.div_ceil(2), events];
    numbers.dedup();
    let ticks = numbers.into_iter().map(|number| {
        let value = format::as_signed(number);
        Tick {
            value,
            label: format::count(value),
        }
    });
    ticks.collect()
}

/// How many blocks of which size were requested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassChart {
    /// The chart in a sentence, for screen readers.
    pub label: String,
    /// Every power of two from the smallest to the largest request.
    pub classes: Vec<Class>,
}

/// Requests of one size class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Class {
    /// The sizes in it, as in `33–64 B`.
    pub sizes: String,
    /// How many requests, as displayed.
    pub count: String,
    /// How many requests.
    pub requests: u64,
    /// Its requests relative to the class with the most, in thousandths.
    pub share: u64,
}

/// The number of powers of two to which a 64-bit size can be rounded up, and so of rows.
const MAX_CLASSES: usize = 66;

impl ClassChart {
    /// The chart of the requests in `classes`; `None` if there were none.
    pub(super) fn new(classes: &[(u64, u64)]) -> Option<Self> {
        let classes: BTreeMap<u64, u64> = classes.iter().copied().collect();
        let (&smallest, _) = classes.first_key_value()?;
        let (&largest, _) = classes.last_key_value()?;
        let most = classes.values().copied().max()?.max(1);
        let mut sizes: Vec<u64> = classes.keys().copied().collect();
        let between = std::iter::successors(Some(smallest.max(1)), |size| size.checked_mul(2));
        sizes.extend(between.take_while(|&size| size < largest).take(MAX_CLASSES));
        sizes.sort_unstable();
        sizes.dedup();
        let rows = sizes.into_iter().map(|size| {
            let requests = classes.get(&size).copied().unwrap_or_default();
            Class {
                sizes: size_range(size),
                count: format::count(format::as_signed(requests)),
                requests,
                share: (u128::from(requests) * 1000 / u128::from(most)) as u64,
            }
        });
        let total = classes
            .values()
            .fold(0_u64, |sum, &n| sum.saturating_add(n));
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        Some(Self {
            label: format!(
                "{} of {}.",
                format::plural(total, "request"),
                sizes_between(smallest, largest)
            ),
            classes: rows.collect(),
        })
    }
}

/// The sizes from one class to another, as in `9 B to 128 B`.
fn sizes_between(smallest: u64, largest: u64) -> String {
    let first = if smallest == 0 { 0 } else { smallest / 2 + 1 };
    let [first, last] = [first, largest].map(|size| format::bytes(format::as_signed(size)));
    if first == last {
        return first;
    }
    format!("{first} to {last}")
}

/// The sizes that round up to `class`, as in `33–64 B`.
fn size_range(class: u64) -> String {
    let below = class / 2 + 1;
    match class {
        0 => "0 B".to_owned(),
        1 | 2 => format!("{class} B"),
        3..=512 => format!("{below}–{class} B"),
        _ => format!("up to {}", format::bytes(format::as_signed(class))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeline_has_its_shape_as_a_sentence() {
        let timeline = Timeline::new(0, 2, 3, vec![512, 2048, 0]);
        let chart = TimelineChart::new(&timeline).unwrap();
        assert_eq!(
            chart.label,
            "Live bytes over 3 events (1 in drop): 0 B at the start, up to 2.00 KiB, 0 B at the end."
        );
        let peak = chart.peak.unwrap();
        assert_eq!(
            (peak.event, peak.live, peak.label.as_str()),
            (1, 2048, "peak 2.00 KiB")
        );
        assert_eq!(chart.missing_from, None);
    }

    #[test]
    fn a_timeline_that_only_falls_has_no_peak() {
        let chart = TimelineChart::new(&Timeline::new(512, 2, 2, vec![256, 0])).unwrap();
        assert_eq!(chart.peak, None);
        assert_eq!(
            chart.label,
            "Live bytes over 2 events: 512 B at the start, never higher, 0 B at the end."
        );
    }

    #[test]
    fn a_cut_timeline_has_a_note() {
        let chart = TimelineChart::new(&Timeline::new(0, 9, 10, vec![1, 2])).unwrap();
        assert_eq!(chart.missing_from, Some(2));
        assert!(chart.notes[0].contains("full after 2 of 10 events"));
    }

    #[test]
    fn a_timeline_without_events_has_no_chart() {
        assert_eq!(TimelineChart::new(&Timeline::default()), None);
    }

    #[test]
    fn classes_without_requests_are_shown_as_gaps() {
        let chart = ClassChart::new(&[(64, 4), (512, 1)]).unwrap();
        let rows: Vec<_> = chart
            .classes
            .iter()
            .map(|c| (c.sizes.as_str(), c.requests))
            .collect();
        assert_eq!(
            rows,
            [
                ("33–64 B", 4),
                ("65–128 B", 0),
                ("129–256 B", 0),
                ("257–512 B", 1)
            ]
        );
        assert_eq!(chart.classes[3].share, 250);
        assert_eq!(ClassChart::new(&[]), None);
    }

    #[test]
    fn hostile_classes_do_not_overflow() {
        let chart = ClassChart::new(&[(0, u64::MAX), (u64::MAX, u64::MAX)]);
        assert!(chart.unwrap().classes.len() <= MAX_CLASSES + 2);
    }
}
