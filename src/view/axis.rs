//! The value axis of a chart: round ticks, at least three, in one unit.

use serde::Serialize;

use crate::format;
use crate::record::Unit;

/// An axis from its lowest to its highest tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Axis {
    /// The value at the bottom.
    pub low: i64,
    /// The value at the top.
    pub high: i64,
    /// At least three, lowest first.
    pub ticks: Vec<Tick>,
}

/// A labelled line of an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tick {
    /// Where it stands.
    pub value: i64,
    /// What it says.
    pub label: String,
}

/// Four gaps between ticks at most: more labels than that are a fence.
const MAX_GAPS: i128 = 4;

impl Axis {
    /// An axis that starts at zero, and below it where `values` do.
    pub(super) fn from_zero(values: impl IntoIterator<Item = i64>, unit: Unit) -> Self {
        let (low, high) = extent(values);
        Self::covering(low.min(0), high.max(0), unit)
    }

    /// An axis that shows the differences of `values`: it leaves zero where they lie close
    /// together, so that a step of one in a thousand can be seen.
    pub(super) fn around(values: impl IntoIterator<Item = i64>, unit: Unit) -> Self {
        let (low, high) = extent(values);
        let span = i128::from(high) - i128::from(low);
        let far_from_zero = low > 0 && span > 0 && span * 3 < i128::from(low);
        if far_from_zero {
            Self::covering(low, high, unit)
        } else {
            Self::covering(low.min(0), high.max(0), unit)
        }
    }

    fn covering(low: i64, high: i64, unit: Unit) -> Self {
        let (low, high) = (i128::from(low), i128::from(high));
        let step = step((high - low).max(2), unit);
        let bottom = low.div_euclid(step) * step;
        let top = (-(-high).div_euclid(step) * step).max(bottom + 2 * step);
        let gaps = (top - bottom) / step;
        let values: Vec<i64> = (0..=gaps).map(|gap| clamped(bottom + gap * step)).collect();
        let labels: Vec<String> = match unit {
            Unit::Count => values.iter().map(|&value| format::count(value)).collect(),
            Unit::Bytes => format::byte_ticks(&values),
        };
        let ticks = values.into_iter().zip(labels);
        Self {
            low: clamped(bottom),
            high: clamped(top),
            ticks: ticks.map(|(value, label)| Tick { value, label }).collect(),
        }
    }
}

/// Lowest and highest of `values`; zero and zero where there are none.
fn extent(values: impl IntoIterator<Item = i64>) -> (i64, i64) {
    let extent = values.into_iter().fold(None, |extent, value| match extent {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    });
    extent.unwrap_or_default()
}

/// The smallest round step that crosses `span` in [`MAX_GAPS`]: a power of two for bytes, else
/// 1, 2 or 5 times a power of ten.
fn step(span: i128, unit: Unit) -> i128 {
    let enough = |step: &i128| step * MAX_GAPS >= span;
    let mut size: i128 = 1;
    loop {
        let candidates: &[i128] = match unit {
            Unit::Bytes => &[1],
            Unit::Count => &[1, 2, 5],
        };
        let found = candidates.iter().map(|factor| factor * size).find(enough);
        if let Some(step) = found {
            return step;
        }
        size *= match unit {
            Unit::Bytes => 2,
            Unit::Count => 10,
        };
    }
}

fn clamped(value: i128) -> i64 {
    let limits = i128::from(i64::MIN)..=i128::from(i64::MAX);
    value.clamp(*limits.start(), *limits.end()) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(axis: &Axis) -> Vec<i64> {
        axis.ticks.iter().map(|tick| tick.value).collect()
    }

    #[test]
    fn byte_ticks_are_multiples_of_a_power_of_two() {
        let axis = Axis::from_zero([0, 1000], Unit::Bytes);
        assert_eq!(values(&axis), [0, 256, 512, 768, 1024]);
    }

    #[test]
    fn there_are_at_least_three_ticks_even_for_nothing() {
        assert_eq!(values(&Axis::from_zero([], Unit::Count)), [0, 1, 2]);
        assert_eq!(values(&Axis::from_zero([0], Unit::Bytes)), [0, 1, 2]);
        assert_eq!(values(&Axis::around([7, 7], Unit::Count)), [0, 2, 4, 6, 8]);
    }

    #[test]
    fn a_small_step_far_from_zero_is_seen() {
        let axis = Axis::around([812, 813], Unit::Count);
        assert_eq!(values(&axis), [812, 813, 814]);
        let from_zero = Axis::around([1, 813], Unit::Count);
        assert_eq!(from_zero.low, 0);
    }

    #[test]
    fn values_below_zero_have_room() {
        let axis = Axis::from_zero([-5, 30], Unit::Bytes);
        assert_eq!((axis.low, axis.high), (-16, 32));
    }

    #[test]
    fn the_largest_values_neither_overflow_nor_hang() {
        let axis = Axis::around([i64::MIN, i64::MAX], Unit::Bytes);
        assert!(axis.ticks.len() >= 3);
        assert!(axis.low < axis.high);
    }
}
