//! The live bytes during one iteration.

use crate::json::{self, Json, Value};

#[cfg(feature = "records")]
use {
    schemars::JsonSchema,
    serde::{Deserialize, Serialize},
};

#[cfg(feature = "records")]
use super::stored::brief;

/// The maximum number of points in a stored timeline.
pub const MAX_POINTS: usize = 512;

/// Live bytes over the allocation events of one iteration.
///
/// Event 0 is the first event of the routine. Of an iteration with more than [`MAX_POINTS`] events,
/// the timeline keeps the lowest and highest point of each stretch, so that every extreme stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "records",
    derive(Serialize, Deserialize, JsonSchema),
    serde(from = "brief::Timeline", into = "brief::Timeline")
)]
pub struct Timeline {
    /// Live bytes of the input when the routine starts.
    pub start: i64,
    /// The number of events in the iteration.
    pub events: u64,
    /// The number of the first event of dropping the result.
    pub drop_at: u64,
    /// Whether the iteration had more events than the buffer holds, so that the end is missing.
    pub cut: bool,
    /// The event number of each point; absent if every event is kept.
    pub at: Option<Vec<u64>>,
    /// Live bytes after the event of each point, above those before the input was made.
    pub live: Vec<i64>,
}

impl Timeline {
    /// Reduces `live`, with one value per event, to at most [`MAX_POINTS`] points.
    pub fn new(start: i64, drop_at: u64, events: u64, live: Vec<i64>) -> Self {
        let cut = (live.len() as u64) < events;
        let whole = Self {
            start,
            events,
            drop_at,
            cut,
            at: None,
            live,
        };
        if whole.live.len() <= MAX_POINTS {
            return whole;
        }
        // Two points per stretch: its lowest and its highest, in the order in which they happened.
        // The first and the last event are always kept.
        let last = whole.live.len() - 1;
        let stretches = (MAX_POINTS - 2) / 2;
        let mut kept = vec![0];
        for stretch in 0..stretches {
            let from = 1 + stretch * (last - 1) / stretches;
            let to = 1 + (stretch + 1) * (last - 1) / stretches;
            let by_level = |&event: &usize| whole.live[event];
            let (Some(low), Some(high)) = (
                (from..to).min_by_key(by_level),
                (from..to).max_by_key(by_level),
            ) else {
                continue;
            };
            kept.push(low.min(high));
            if low != high {
                kept.push(low.max(high));
            }
        }
        kept.push(last);
        Self {
            at: Some(kept.iter().map(|&event| event as u64).collect()),
            live: kept.iter().map(|&event| whole.live[event]).collect(),
            ..whole
        }
    }

    /// Pairs of an event number and the live bytes after that event.
    pub fn points(&self) -> impl Iterator<Item = (u64, i64)> + '_ {
        self.live.iter().enumerate().map(|(index, &live)| {
            let event = self.at.as_ref().and_then(|at| at.get(index).copied());
            (event.unwrap_or(index as u64), live)
        })
    }
}

impl Json for Timeline {
    fn write(&self, out: &mut String) {
        let Self {
            start,
            events,
            drop_at,
            cut,
            at,
            live,
        } = self;
        out.push('{');
        json::write_field(out, "start", start);
        json::write_field(out, "events", events);
        json::write_field(out, "drop_at", drop_at);
        json::write_field(out, "cut", cut);
        json::write_field(out, "at", at);
        json::write_field(out, "live", live);
        out.push('}');
    }

    /// Reads the levels or, from a worker of an older heapmark, their differences.
    fn read(value: &Value) -> Result<Self, String> {
        let mut live: Vec<i64> = json::field::<Option<_>>(value, "live")?.unwrap_or_default();
        let mut level = live.last().copied().unwrap_or_default();
        if let Some(Value::List(changes)) = value.get("changes") {
            for change in changes {
                let (change, times) = match change {
                    Value::List(_) => <(i64, u16)>::read(change)?,
                    one => (i64::read(one)?, 1),
                };
                for _ in 0..times {
                    level = level.wrapping_add(change);
                    live.push(level);
                }
            }
        }
        Ok(Self {
            start: json::field(value, "start")?,
            events: json::field(value, "events")?,
            drop_at: json::field(value, "drop_at")?,
            cut: json::field::<Option<_>>(value, "cut")?.unwrap_or_default(),
            at: json::field(value, "at")?,
            live,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_POINTS, Timeline};
    use crate::json::{Json as _, parse, to_text};

    #[test]
    fn a_short_timeline_keeps_every_event() {
        let timeline = Timeline::new(0, 2, 3, vec![8, 16, 0]);
        assert_eq!(timeline.at, None);
        assert_eq!(
            timeline.points().collect::<Vec<_>>(),
            [(0, 8), (1, 16), (2, 0)]
        );
    }

    #[test]
    fn a_long_timeline_keeps_every_extreme() {
        let mut live: Vec<i64> = (0..20_000).map(|event| event % 7).collect();
        live[12_345] = 1_000_000;
        live[777] = -5;
        let timeline = Timeline::new(0, 20_000, 20_000, live);
        assert!(timeline.live.len() <= MAX_POINTS);
        assert!(timeline.points().any(|point| point == (12_345, 1_000_000)));
        assert!(timeline.points().any(|point| point == (777, -5)));
        assert!(timeline.points().is_sorted_by_key(|(event, _)| event));
        assert_eq!(
            timeline.points().last().map(|(event, _)| event),
            Some(19_999)
        );
    }

    #[test]
    fn a_timeline_states_that_its_end_is_missing() {
        assert!(Timeline::new(0, 9, 10, vec![1, 2]).cut);
        assert!(!Timeline::new(0, 2, 2, vec![1, 2]).cut);
    }

    #[test]
    fn a_line_has_the_levels_or_from_an_older_heapmark_their_differences() {
        let read = |text: &str| Timeline::read(&parse(text).unwrap());
        let timeline = Timeline::new(0, 3, 4, vec![8, 16, 24, 0]);
        assert_eq!(read(&to_text(&timeline)), Ok(timeline.clone()));
        let older = r#"{"start":0,"events":4,"drop_at":3,"changes":[[8,3],-24]}"#;
        assert_eq!(read(older), Ok(timeline));
        let wrong = r#"{"start":0,"events":4,"drop_at":3,"changes":["8"]}"#;
        assert!(read(wrong).is_err());
    }
}
