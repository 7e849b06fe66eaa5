//! Times of the answers to a question over their size, on logarithmic axes.

use serde::Serialize;

use super::axis::Tick;
use super::snapshot::{MeasuredCase, Presence};
use heapmark_model::format;

/// Times over sizes, one line per answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScalingChart {
    /// The quantities of both axes.
    pub title: &'static str,
    /// The chart in a sentence, for screen readers.
    pub label: String,
    /// The sizes that were measured.
    pub sizes: Vec<Tick>,
    /// Powers of ten in picoseconds, from below all times to above them.
    pub times: Vec<Tick>,
    /// The answers, slowest at the largest size first.
    pub lines: Vec<ScalingLine>,
}

/// One answer at its sizes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScalingLine {
    /// Its name.
    pub name: String,
    /// The exponent of the power of the size that fits the times best, as in `0.52`.
    pub slope: String,
    /// Size and picoseconds, smallest size first.
    pub points: Vec<(u64, u64)>,
}

/// Smallest ratio of the largest to the smallest size; less shows nothing about growth.
const SPAN: u64 = 8;
/// Fewest points; two are always on a line.
const FEWEST: usize = 3;

impl ScalingChart {
    /// The chart of `answers`; `None` if none was timed at enough sizes.
    pub(super) fn new(answers: &[&MeasuredCase<'_>]) -> Option<Self> {
        let mut lines: Vec<(String, Vec<(u64, u64)>)> = Vec::new();
        for answer in answers {
            let (name, points) = (&answer.entry.case.variant, point(answer));
            match lines.iter_mut().find(|(known, _)| known == name) {
                Some((_, line)) => line.extend(points),
                None => lines.push((name.clone(), points.into_iter().collect())),
            }
        }
        Self::titled("Time over size", lines)
    }

    /// The chart of lines with their names; `title` names both axes. `None` if no line covers
    /// enough sizes.
    pub(super) fn titled(
        title: &'static str,
        lines: Vec<(String, Vec<(u64, u64)>)>,
    ) -> Option<Self> {
        let line = |(name, mut points): (String, Vec<(u64, u64)>)| {
            points.sort_unstable();
            let slope = format!("{:.2}", slope(&points)).replace('-', "\u{2212}");
            ScalingLine {
                name,
                slope,
                points,
            }
        };
        let mut lines: Vec<ScalingLine> = lines.into_iter().map(line).collect();
        lines.retain(ScalingLine::is_told);
        lines.sort_by_key(|line| std::cmp::Reverse(line.points.last().map(|(_, time)| *time)));
        let points = || lines.iter().flat_map(|line| &line.points);
        let mut sizes: Vec<u64> = points().map(|(size, _)| *size).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let times = || points().map(|(_, time)| (*time).max(1));
        let (fastest, slowest) = (times().min()?, times().max()?);
        Some(Self {
            title,
            label: label(title, &lines, &sizes),
            sizes: sizes.into_iter().map(size_tick).collect(),
            times: decades(fastest, slowest),
            lines,
        })
    }
}

impl ScalingLine {
    fn is_told(&self) -> bool {
        let sizes = self.points.first().zip(self.points.last());
        let reach = sizes.is_some_and(|((low, _), (high, _))| high / low.max(&1) >= SPAN);
        self.points.len() >= FEWEST && reach
    }
}

/// A size and its time, if both have a logarithm.
fn point(answer: &MeasuredCase<'_>) -> Option<(u64, u64)> {
    let entry = Some(answer.entry).filter(|_| answer.presence == Presence::Counted)?;
    let size = entry.case.parameter.filter(|size| *size > 0)?;
    let median = entry.time.as_ref()?.median;
    (median > 0).then_some((size, median))
}

/// The slope of the least-squares line through the logarithms of size and time.
fn slope(points: &[(u64, u64)]) -> f64 {
    let logs = || {
        points
            .iter()
            .map(|&(size, time)| ((size as f64).ln(), (time.max(1) as f64).ln()))
    };
    let count = points.len() as f64;
    let mean_x = logs().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = logs().map(|(_, y)| y).sum::<f64>() / count;
    let across: f64 = logs().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let along: f64 = logs().map(|(x, _)| (x - mean_x).powi(2)).sum();
    if along > 0.0 { across / along } else { 0.0 }
}

fn label(title: &str, lines: &[ScalingLine], sizes: &[u64]) -> String {
    let slopes: Vec<String> = lines
        .iter()
        .map(|line| format!("{} as n^{}", line.name, line.slope))
        .collect();
    let size = |size: Option<&u64>| format::count(format::as_signed(*size.unwrap_or(&0)));
    format!(
        "{title} from {} to {}, both axes logarithmic: {}.",
        size(sizes.first()),
        size(sizes.last()),
        slopes.join(", ")
    )
}

fn size_tick(size: u64) -> Tick {
    let value = format::as_signed(size);
    Tick {
        value,
        label: format::count(value),
    }
}

/// The powers of ten from the one at or below `low` to the one at or above `high`, three at least.
fn decades(low: u64, high: u64) -> Vec<Tick> {
    let top = high.ilog10() + u32::from(!is_power(high));
    let powers: Vec<u64> = (low.ilog10()..=top.max(low.ilog10() + 2))
        .map(|power| 10_u64.saturating_pow(power))
        .collect();
    let ticks = powers.into_iter().map(|power| Tick {
        value: format::as_signed(power),
        label: super::axis::decade_label(power),
    });
    ticks.collect()
}

fn is_power(value: u64) -> bool {
    10_u64.pow(value.ilog10()) == value
}

#[cfg(test)]
mod tests {
    use super::{ScalingLine, decades, slope};

    #[test]
    fn the_slope_is_the_exponent() {
        let squares: Vec<(u64, u64)> = [1, 10, 100].map(|n| (n, 7 * n * n)).to_vec();
        assert!((slope(&squares) - 2.0).abs() < 1e-9);
        assert!(slope(&[(1, 5), (10, 5), (100, 5)]).abs() < 1e-9);
        assert_eq!(slope(&[(4, 5), (4, 6)]), 0.0);
    }

    #[test]
    fn few_or_close_sizes_give_no_line() {
        let told = |sizes: &[u64]| {
            let line = ScalingLine {
                name: "x".to_owned(),
                slope: String::new(),
                points: sizes.iter().map(|size| (*size, 1)).collect(),
            };
            line.is_told()
        };
        assert!(told(&[4, 8, 100]));
        assert!(!told(&[12, 24, 40]) && !told(&[1, 100]) && !told(&[]));
    }

    #[test]
    fn an_axis_reaches_from_power_to_power() {
        let labels = |low, high| {
            let ticks = decades(low, high).into_iter();
            ticks.map(|tick| tick.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(14_619, 592_975), ["10 ns", "100 ns", "1 µs"]);
        assert_eq!(labels(1_000, 1_000), ["1 ns", "10 ns", "100 ns"]);
        assert_eq!(
            labels(1, 10_000_000_000_000),
            [
                "1 ps", "10 ps", "100 ps", "1 ns", "10 ns", "100 ns", "1 µs", "10 µs", "100 µs",
                "1 ms", "10 ms", "100 ms", "1 s", "10 s",
            ]
        );
    }
}
