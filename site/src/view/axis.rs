//! The value axis of a chart: round ticks, at least three, in one unit.

use serde::Serialize;

use heapmark_model::format;
use heapmark_model::record::Unit;

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
    /// Its position.
    pub value: i64,
    /// Its label.
    pub label: String,
}

/// Maximum number of gaps between ticks. More labels would be hard to read.
const MAX_GAPS: i128 = 4;

impl Axis {
    /// An axis that starts at zero, or below if `values` do.
    pub(super) fn from_zero(values: impl IntoIterator<Item = i64>, unit: Unit) -> Self {
        let (low, high) = extent(values);
        Self::covering(low.min(0), high.max(0), unit)
    }

    /// An axis that shows the differences between `values`. If they are close together, it does not
    /// include zero, so that a step of one in a thousand is visible.
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

    /// An axis in picoseconds that shows the differences between `times`, labelled in one unit.
    pub(super) fn of_times(times: impl IntoIterator<Item = u64>) -> Self {
        let mut axis = Self::around(times.into_iter().map(format::as_signed), Unit::Count);
        let step = axis.ticks[1].value.saturating_sub(axis.low).max(1);
        for tick in &mut axis.ticks {
            tick.label = time_label(tick.value, axis.high, step);
        }
        axis
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

/// Lowest and highest of `values`; zero and zero if there are none.
fn extent(values: impl IntoIterator<Item = i64>) -> (i64, i64) {
    let extent = values.into_iter().fold(None, |extent, value| match extent {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    });
    extent.unwrap_or_default()
}

/// The smallest round step that covers `span` in [`MAX_GAPS`] gaps: a power of two for bytes,
/// otherwise 1, 2 or 5 times a power of ten.
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

/// `value` picoseconds in the largest unit that `high` reaches, with the decimals `step` needs.
fn time_label(value: i64, high: i64, step: i64) -> String {
    const UNITS: [&str; 5] = ["ps", "ns", "µs", "ms", "s"];
    let power = high.max(1).ilog10() / 3;
    let unit = (power as usize).min(UNITS.len() - 1);
    let exponent = unit * 3;
    let zeros = (0..exponent).take_while(|&zeros| step % 10_i64.pow(zeros as u32 + 1) == 0);
    let decimals = exponent - zeros.count();
    let size = 10_f64.powi(exponent as i32);
    format!("{:.decimals$} {}", value as f64 / size, UNITS[unit])
}

/// A power of ten in picoseconds, as in `100 ns`.
pub(super) fn decade_label(picoseconds: u64) -> String {
    let value = format::as_signed(picoseconds);
    time_label(value, value, value)
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
    fn a_small_step_far_from_zero_is_visible() {
        let axis = Axis::around([812, 813], Unit::Count);
        assert_eq!(values(&axis), [812, 813, 814]);
        let from_zero = Axis::around([1, 813], Unit::Count);
        assert_eq!(from_zero.low, 0);
    }

    #[test]
    fn times_are_labelled_in_one_unit() {
        let labels = |times: [u64; 2]| {
            let ticks = Axis::of_times(times).ticks.into_iter();
            ticks.map(|tick| tick.label).collect::<Vec<_>>()
        };
        assert_eq!(
            labels([18_000, 18_400]),
            ["18.0 ns", "18.1 ns", "18.2 ns", "18.3 ns", "18.4 ns"]
        );
        assert_eq!(labels([1, 3_000_000])[3], "3 µs");
        assert!(labels([0, u64::MAX]).len() >= 3);
    }

    #[test]
    fn values_below_zero_are_covered() {
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
