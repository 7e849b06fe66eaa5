//! Durations in picoseconds, and their intervals and axis labels.

use super::{count, number::three_digits};

/// Units of time from the smallest, each with its size in picoseconds.
const UNITS: [(&str, f64); 5] = [
    ("ps", 1.0),
    ("ns", 1e3),
    ("µs", 1e6),
    ("ms", 1e9),
    ("s", 1e12),
];

/// A time with three digits, as in `18.1 ns`; below a nanosecond, in whole picoseconds.
pub fn duration(picoseconds: u64) -> String {
    let (unit, size) = unit_of(picoseconds);
    format!("{} {unit}", amount(picoseconds, size))
}

/// A time to the picosecond, as in `18,096 ps`.
pub fn duration_exact(picoseconds: u64) -> String {
    format!("{} ps", count(saturated(picoseconds)))
}

/// A time with its distance to the farther end of its interval, as in `18.1 ns ±0.3`.
///
/// The distance is in the unit of the time. It has as many decimals as the time, or as many as it
/// needs to show a digit other than zero, so that an interval with a width never reads as `±0`.
pub fn duration_within(picoseconds: u64, low: u64, high: u64) -> String {
    let (_, size) = unit_of(picoseconds);
    let reach = picoseconds
        .saturating_sub(low)
        .max(high.saturating_sub(picoseconds));
    let shown = amount(picoseconds, size);
    let decimals = shown.split_once('.').map_or(0, |(_, rest)| rest.len());
    format!(
        "{} ±{}",
        duration(picoseconds),
        distance(reach as f64 / size, decimals)
    )
}

/// A range of times in the unit of its upper end, as in `17.8 … 18.4 ns`.
pub fn duration_span(low: u64, high: u64) -> String {
    let (unit, size) = unit_of(low.max(high));
    format!("{} … {} {unit}", amount(low, size), amount(high, size))
}

/// Labels of the ticks of a time axis, in one unit, with enough decimals to distinguish them.
pub fn duration_ticks(ticks: &[u64]) -> Vec<String> {
    let (unit, size) = unit_of(ticks.iter().copied().max().unwrap_or_default());
    let written = |decimals: usize| -> Vec<String> {
        let label = |&tick: &u64| format!("{:.decimals$} {unit}", tick as f64 / size);
        ticks.iter().map(label).collect()
    };
    let differ = |labels: &[String]| labels.windows(2).all(|pair| pair[0] != pair[1]);
    let enough = (0..6).find(|&decimals| {
        let exact = 10_f64.powi(decimals as i32) / size;
        let round = |&tick: &u64| (tick as f64 * exact).fract() < 1e-9;
        ticks.iter().all(round) && differ(&written(decimals))
    });
    written(enough.unwrap_or(6))
}

fn distance(value: f64, decimals: usize) -> String {
    let enough = (decimals..9).find(|&places| value * 10_f64.powi(places as i32) >= 0.5);
    match enough.unwrap_or(decimals) {
        0 => count(value.round() as i64),
        places => format!("{value:.places$}"),
    }
}

/// The unit in which three digits show the time best, with its size in picoseconds.
fn unit_of(picoseconds: u64) -> (&'static str, f64) {
    // Rounding may reach the next unit: 999,999 ps is 1.00 µs, not 1,000 ns.
    let fits = |&&(_, size): &&(&str, f64)| (picoseconds as f64 / size).round() < 1_000.0;
    *UNITS.iter().find(fits).unwrap_or(&UNITS[UNITS.len() - 1])
}

fn amount(picoseconds: u64, size: f64) -> String {
    if size <= 1.0 {
        return count(saturated(picoseconds));
    }
    three_digits(picoseconds as f64 / size)
}

fn saturated(picoseconds: u64) -> i64 {
    i64::try_from(picoseconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_three_digits_in_its_own_unit() {
        assert_eq!(duration(345), "345 ps");
        assert_eq!(duration(18_096), "18.1 ns");
        assert_eq!(duration(812_400), "812 ns");
        assert_eq!(duration(1_240_000), "1.24 µs");
        assert_eq!(duration(95_000_000_000), "95.0 ms");
        assert_eq!(duration(1_200_000_000_000), "1.20 s");
    }

    #[test]
    fn the_ends_of_the_range_have_a_text() {
        assert_eq!(duration(0), "0 ps");
        assert_eq!(duration(999), "999 ps");
        assert_eq!(duration(1_000), "1.00 ns");
        assert_eq!(duration(u64::MAX), "18,446,744 s");
    }

    #[test]
    fn rounding_moves_on_to_the_next_unit() {
        assert_eq!(duration(999_499), "999 ns");
        assert_eq!(duration(999_500), "1.00 µs");
        assert_eq!(duration(9_996), "10.0 ns");
    }

    #[test]
    fn an_exact_time_names_every_picosecond() {
        assert_eq!(duration_exact(18_096), "18,096 ps");
        assert_eq!(duration_exact(u64::MAX), "9,223,372,036,854,775,807 ps");
    }

    #[test]
    fn an_interval_is_in_the_unit_of_its_time() {
        assert_eq!(duration_within(18_100, 17_800, 18_300), "18.1 ns ±0.3");
        assert_eq!(duration_within(211_000, 207_200, 214_000), "211 ns ±4");
        assert_eq!(
            duration_within(1_240_000, 1_200_000, 2_740_000),
            "1.24 µs ±1.50"
        );
        assert_eq!(duration_within(345, 340, 346), "345 ps ±5");
    }

    #[test]
    fn a_narrow_interval_never_reads_as_none() {
        assert_eq!(duration_within(18_100, 18_096, 18_100), "18.1 ns ±0.004");
        assert_eq!(duration_within(211_000, 210_900, 211_000), "211 ns ±0.1");
        assert_eq!(duration_within(18_100, 18_100, 18_100), "18.1 ns ±0.0");
    }

    #[test]
    fn ticks_of_an_axis_share_a_unit_and_differ() {
        assert_eq!(duration_ticks(&[18_000, 18_500]), ["18.0 ns", "18.5 ns"]);
        assert_eq!(
            duration_ticks(&[990_000, 1_000_000]),
            ["0.99 µs", "1.00 µs"]
        );
        assert_eq!(duration_ticks(&[0, 5]), ["0 ps", "5 ps"]);
    }

    #[test]
    fn a_span_has_one_unit() {
        assert_eq!(duration_span(17_800, 18_400), "17.8 … 18.4 ns");
        assert_eq!(duration_span(990_000, 1_010_000), "0.99 … 1.01 µs");
    }
}
