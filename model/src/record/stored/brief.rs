//! The compact form of the usual values in a record: an exact metric is only its number, and a case
//! assertion that passes is only its text. A suite of 200 cases has thousands of them per record.
//!
//! Both forms can be read. Records of schema 1, and workers of older versions of heapmark, have
//! only the long form.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Instability, Rate, Spread};

/// A number on which all repetitions agree, or an object with more details.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::record) enum Value {
    /// The value of every repetition in every process.
    Exact(i64),
    /// Any other value.
    Long(LongValue),
}

/// A value with all its details.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub(in crate::record) struct LongValue {
    /// The median of the repetitions; null if the value is unknown.
    value: Option<i64>,
    /// Whether all repetitions in all processes agree.
    exact: bool,
    /// The lowest and highest repetition, if the value varies.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    spread: Option<Spread>,
    /// Why the value is not exact.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    why: Option<Instability>,
    /// The sums over many iterations, if the value is not exact.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    rate: Option<Rate>,
}

/// Chooses the form by the type of the JSON value, because `untagged` would try every form and its
/// error would not state what is wrong.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = Value;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a whole number, or an object with `value` and `exact`")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Exact(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
                signed(number, &self).map(Value::Exact)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                LongValue::deserialize(MapAccessDeserializer::new(map)).map(Value::Long)
            }
        }
        deserializer.deserialize_any(Forms)
    }
}

/// An unsigned JSON number as a signed one, unless it is too large.
fn signed<'de, V: Visitor<'de>, E: Error>(number: u64, expected: &V) -> Result<i64, E> {
    let wrong = |_| E::invalid_value(Unexpected::Unsigned(number), expected);
    i64::try_from(number).map_err(wrong)
}

impl From<super::Value> for Value {
    fn from(value: super::Value) -> Self {
        match value {
            super::Value {
                value: Some(number),
                exact: true,
                spread: None,
                why: None,
                rate: None,
            } => Self::Exact(number),
            super::Value {
                value,
                exact,
                spread,
                why,
                rate,
            } => Self::Long(LongValue {
                value,
                exact,
                spread,
                why,
                rate,
            }),
        }
    }
}

impl From<Value> for super::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Exact(number) => Self::exact(number),
            Value::Long(LongValue {
                value,
                exact,
                spread,
                why,
                rate,
            }) => Self {
                value,
                exact,
                spread,
                why,
                rate,
            },
        }
    }
}

/// A case assertion that every repetition passes, or an object with the result.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::record) enum Expected {
    /// The case assertion, as in `allocs == 1`.
    Met(String),
    /// Any other case assertion.
    Long {
        /// The case assertion.
        claim: String,
        /// Whether every repetition passes it.
        met: bool,
    },
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = Expected;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string such as `allocs == 1`, or an object with `claim` and `met`")
            }

            fn visit_str<E: Error>(self, claim: &str) -> Result<Expected, E> {
                Ok(Expected::Met(claim.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expected, A::Error> {
                #[derive(Deserialize)]
                struct Long {
                    claim: String,
                    met: bool,
                }
                let Long { claim, met } = Long::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Expected::Long { claim, met })
            }
        }
        deserializer.deserialize_any(Forms)
    }
}

impl From<super::Expected> for Expected {
    fn from(super::Expected { claim, met }: super::Expected) -> Self {
        if met {
            Self::Met(claim)
        } else {
            Self::Long { claim, met }
        }
    }
}

impl From<Expected> for super::Expected {
    fn from(expected: Expected) -> Self {
        match expected {
            Expected::Met(claim) => Self { claim, met: true },
            Expected::Long { claim, met } => Self { claim, met },
        }
    }
}

/// A timeline stored as differences. A repeated difference is stored once, with its count.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(in crate::record) struct Timeline {
    /// Live bytes of the input when the routine starts.
    start: i64,
    /// The number of events in the iteration.
    events: u64,
    /// The number of the first event of dropping the result.
    drop_at: u64,
    /// Whether the iteration had more events than the buffer holds, so that the end is missing.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    cut: bool,
    /// The event number of each point; absent if every event is kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    at: Option<Vec<u64>>,
    /// Live bytes after each event, above those before the input was made; only in schema 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    live: Option<Vec<i64>>,
    /// The change of the live bytes at each point; the first is since before the input was made.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    changes: Vec<Change>,
}

/// A difference, with the number of times it is repeated.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Change {
    Once(i64),
    Repeated(i64, u16),
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = Change;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a whole number, or a pair of a whole number and how often it occurs")
            }

            fn visit_i64<E: Error>(self, change: i64) -> Result<Change, E> {
                Ok(Change::Once(change))
            }

            fn visit_u64<E: Error>(self, change: u64) -> Result<Change, E> {
                signed(change, &self).map(Change::Once)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, pair: A) -> Result<Change, A::Error> {
                let (change, times) = Deserialize::deserialize(SeqAccessDeserializer::new(pair))?;
                Ok(Change::Repeated(change, times))
            }
        }
        deserializer.deserialize_any(Forms)
    }
}

impl From<super::Timeline> for Timeline {
    fn from(timeline: super::Timeline) -> Self {
        let mut changes: Vec<(i64, u16)> = Vec::new();
        let mut before = 0;
        for &level in &timeline.live {
            let change = level.wrapping_sub(before);
            match changes.last_mut() {
                Some((last, times)) if *last == change && *times < u16::MAX => *times += 1,
                _ => changes.push((change, 1)),
            }
            before = level;
        }
        let brief = changes.into_iter().map(|(change, times)| match times {
            1 => Change::Once(change),
            times => Change::Repeated(change, times),
        });
        Self {
            start: timeline.start,
            events: timeline.events,
            drop_at: timeline.drop_at,
            cut: timeline.cut,
            at: timeline.at,
            live: None,
            changes: brief.collect(),
        }
    }
}

impl From<Timeline> for super::Timeline {
    fn from(timeline: Timeline) -> Self {
        let mut level = 0_i64;
        let mut live = timeline.live.unwrap_or_default();
        for change in timeline.changes {
            let (change, times) = match change {
                Change::Once(change) => (change, 1),
                Change::Repeated(change, times) => (change, times),
            };
            for _ in 0..times {
                level = level.wrapping_add(change);
                live.push(level);
            }
        }
        Self {
            start: timeline.start,
            events: timeline.events,
            drop_at: timeline.drop_at,
            cut: timeline.cut,
            at: timeline.at,
            live,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::record::{Expected, Instability, Rate, RateRange, Spread, Timeline, Value};

    #[test]
    fn an_exact_value_is_its_number_and_a_varying_one_states_why() {
        let exact = Value::exact(-3);
        assert_eq!(serde_json::to_value(&exact).unwrap(), json!(-3));
        let sampled = Value {
            value: None,
            exact: false,
            spread: Some(Spread { min: 1, max: 2 }),
            why: Some(Instability::OtherThreads),
            rate: Some(Rate {
                processes: 10,
                ranges: vec![RateRange {
                    iterations: 1_000,
                    min: 1_009,
                    max: 1_010,
                }],
            }),
        };
        for value in [exact, sampled] {
            let text = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
        let long = json!({"value": 7, "exact": true});
        assert_eq!(
            serde_json::from_value::<Value>(long).unwrap(),
            Value::exact(7)
        );
        let wrong = |value| {
            let error = serde_json::from_value::<Value>(value).unwrap_err();
            error.to_string()
        };
        let whole = "expected a whole number, or an object with `value` and `exact`";
        assert_eq!(
            wrong(json!(1.5)),
            format!("invalid type: floating point `1.5`, {whole}")
        );
        assert!(wrong(json!(u64::MAX)).contains(whole));
        assert!(wrong(json!({"value": 1.5, "exact": true})).contains("1.5"));
        assert_eq!(wrong(json!({"value": 1})), "missing field `exact`");
    }

    #[test]
    fn an_assertion_that_passes_is_its_text_and_one_that_fails_states_it() {
        let claim = |met| Expected {
            claim: "allocs == 1".to_owned(),
            met,
        };
        assert_eq!(
            serde_json::to_value(claim(true)).unwrap(),
            json!("allocs == 1")
        );
        for expected in [claim(true), claim(false)] {
            let text = serde_json::to_string(&expected).unwrap();
            assert_eq!(serde_json::from_str::<Expected>(&text).unwrap(), expected);
        }
    }

    #[test]
    fn a_timeline_comes_back_from_its_changes() {
        let live = vec![8, 16, 24, 24, 24, -5, i64::MAX, i64::MIN];
        let timeline = Timeline::new(2, 6, 8, live.clone());
        let text = serde_json::to_value(&timeline).unwrap();
        assert_eq!(text["changes"][0], json!([8, 3]));
        assert_eq!(serde_json::from_value::<Timeline>(text).unwrap(), timeline);
        let of_schema_1 = json!({"start": 2, "events": 8, "drop_at": 6, "live": live});
        assert_eq!(
            serde_json::from_value::<Timeline>(of_schema_1).unwrap(),
            timeline
        );
    }
}
