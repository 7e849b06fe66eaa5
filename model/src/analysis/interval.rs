//! The median of the launches of a case, and its confidence interval.
//!
//! The interval assumes only that launches are independent and identically distributed. The k-th
//! smallest and the k-th largest of n values enclose the median with the probability that n coin
//! tosses show at least k and at most n − k heads. The interval is interpolated between the two k
//! around the confidence level (Hettmansperger and Sheather, 1986); without that, intervals of few
//! launches would jump between levels.
//!
//! The launches of one report are not fully independent. They share the state of the machine in
//! these seconds, for example its clock frequency, and no data inside the report shows that. The
//! interval is therefore widened by [`SHARED_ERROR`] on both sides. docs/statistics.md explains it.

use crate::record::Interval;

/// The confidence level of an enclosure of the median.
const LEVEL: f64 = 0.95;

/// The error that all launches of one report may share, as a share of the time. It equals the
/// slowdown up to which a launch still counts.
pub const SHARED_ERROR: f64 = 0.02;

/// The middle value, or the mean of the middle two, rounded down; `None` if there are no values.
pub fn median(values: &[u64]) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = sorted[middle - 1];
    Some(lower + (upper - lower) / 2)
}

/// The 95 % confidence interval of the time, valid for repeated reports: the [`enclosure`] of the
/// median of these launches, widened by [`SHARED_ERROR`]. `None` for fewer than six launches.
pub fn interval(launches: &[u64]) -> Option<Interval> {
    let Interval { low, high } = enclosure(launches)?;
    Some(Interval {
        low: (low as f64 * (1.0 - SHARED_ERROR)).round() as u64,
        high: (high as f64 * (1.0 + SHARED_ERROR)).round() as u64,
    })
}

/// The 95 % confidence interval of the median of the distribution of `values`; `None` for fewer
/// than six values, which cannot reach that level.
pub fn enclosure(values: &[u64]) -> Option<Interval> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let count = sorted.len();
    // The largest k whose enclosure still reaches the level.
    let depth = (1..=count / 2)
        .take_while(|&depth| confidence(count, depth) >= LEVEL)
        .last()?;
    let wide = confidence(count, depth);
    let narrow = confidence(count, depth + 1);
    let step = (wide - LEVEL) / (wide - narrow);
    let (n, k) = (count as f64, depth as f64);
    let share = (n - k) * step / (k + (n - 2.0 * k) * step);
    let between = |outer: u64, inner: u64| {
        let inward = share * (inner as f64 - outer as f64);
        (outer as f64 + inward).round() as u64
    };
    let low = between(sorted[depth - 1], sorted[depth.min(count - 1)]);
    let high = between(
        sorted[count - depth],
        sorted[(count - depth).saturating_sub(1)],
    );
    Some(Interval { low, high })
}

/// The probability that the `depth`-th smallest and largest of `count` values enclose the median.
fn confidence(count: usize, depth: usize) -> f64 {
    // The binomial probability of each number of heads, computed from the one before.
    let mut heads = 0.5_f64.powi(i32::try_from(count).unwrap_or(i32::MAX));
    let mut below = 0.0;
    for number in 0..depth {
        below += heads;
        heads *= (count - number) as f64 / (number + 1) as f64;
    }
    1.0 - 2.0 * below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[3, 1, 2]), Some(2));
        assert_eq!(median(&[1, 2, 4, 9]), Some(3));
        assert_eq!(median(&[u64::MAX, u64::MAX]), Some(u64::MAX));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn the_confidence_of_order_statistics_is_that_of_the_tables() {
        // Six values: 1 − 2/64. Twelve, third from each end: 1 − 2 × 79/4096.
        assert!((confidence(6, 1) - 0.96875).abs() < 1e-12);
        assert!((confidence(12, 3) - (1.0 - 158.0 / 4096.0)).abs() < 1e-12);
    }

    #[test]
    fn five_launches_are_too_few() {
        assert_eq!(interval(&[1, 2, 3, 4, 5]), None);
        assert!(interval(&[1, 2, 3, 4, 5, 6]).is_some());
    }

    #[test]
    fn equal_launches_may_share_an_error() {
        let alike = [1_000; 12];
        let whole = |low, high| Some(Interval { low, high });
        assert_eq!(enclosure(&alike), whole(1_000, 1_000));
        assert_eq!(interval(&alike), whole(980, 1_020));
    }

    #[test]
    fn an_enclosure_lies_between_the_enclosures_that_it_interpolates() {
        let values: Vec<u64> = (1..=12).map(|number| number * 1_000).collect();
        let found = enclosure(&values).unwrap();
        // Third and fourth from each end hold 96.1 % and 85.4 %.
        assert!((3_000..=4_000).contains(&found.low), "{found:?}");
        assert!((9_000..=10_000).contains(&found.high), "{found:?}");
        assert_eq!(found.low + found.high, 13_000);
    }

    /// The share of samples whose enclosure contains the true median. The distribution is skewed,
    /// with a long tail, as times are.
    fn coverage(launches: usize, shrink: f64) -> f64 {
        const TRIALS: usize = 4_000;
        let mut random = fastrand::Rng::with_seed(launches as u64);
        let truth = 10_000.0 * (2.0_f64).ln();
        let covered = (0..TRIALS).filter(|_| {
            let mut sample = || (-10_000.0 * (1.0 - random.f64()).ln()) as u64;
            let values: Vec<u64> = (0..launches).map(|_| sample()).collect();
            let Interval { low, high } = enclosure(&values).unwrap();
            let (low, high) = (low as f64, high as f64);
            let cut = (high - low) * (1.0 - shrink) / 2.0;
            (low + cut..=high - cut).contains(&truth)
        });
        covered.count() as f64 / TRIALS as f64
    }

    #[test]
    fn enclosures_of_independent_launches_cover_their_level() {
        for launches in [7, 12, 15, 16, 24, 40, 100] {
            let share = coverage(launches, 1.0);
            assert!((0.935..=0.975).contains(&share), "{launches}: {share}");
        }
    }

    #[test]
    fn an_enclosure_that_is_too_narrow_is_seen() {
        assert!(coverage(24, 0.7) < 0.90);
    }
}
