//! The median of some launches, and where the median of all possible ones lies.
//!
//! The interval asks nothing of the distribution but that launches are alike and independent:
//! that the k-th smallest and the k-th largest of n enclose the median has the probability with
//! which n tosses of a coin show at least k and at most n − k heads. Between the two k that
//! enclose the level it interpolates (Hettmansperger and Sheather, 1986), or intervals of few
//! launches would jump between levels.
//!
//! Launches of one report are not quite independent: they share what the machine did in these
//! seconds, and nothing inside of a report can tell. So the level is above the 95 % that an
//! interval promises, by what repeated reports were seen to need. docs/statistics.md has more.

use crate::record::Interval;

/// What an interval would cover if launches were independent, so that it covers 95 % as they are.
const LEVEL: f64 = 0.98;

/// The middle value, or the mean of the middle two, rounded down; `None` where there is none.
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

/// Where the median lies with 95 % confidence; `None` for fewer than seven values, which cannot
/// give that much.
pub fn interval(values: &[u64]) -> Option<Interval> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let count = sorted.len();
    // The largest k whose enclosure is confident enough.
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
    // The binomial probabilities of 0, 1, … heads, each from the one before.
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
    fn six_launches_are_too_few() {
        assert_eq!(interval(&[1, 2, 3, 4, 5, 6]), None);
        assert!(interval(&[1, 2, 3, 4, 5, 6, 7]).is_some());
    }

    #[test]
    fn equal_launches_have_an_interval_without_width() {
        assert_eq!(interval(&[7; 12]), Some(Interval { low: 7, high: 7 }));
    }

    #[test]
    fn an_interval_lies_between_the_enclosures_that_it_interpolates() {
        let values: Vec<u64> = (1..=12).map(|number| number * 1_000).collect();
        let interval = interval(&values).unwrap();
        // Second and third from each end hold 99.4 % and 96.1 %.
        assert!((2_000..=3_000).contains(&interval.low), "{interval:?}");
        assert!((10_000..=11_000).contains(&interval.high), "{interval:?}");
        assert_eq!(interval.low + interval.high, 13_000);
    }

    /// The share of samples of a skewed distribution, with a far tail as times have, whose
    /// interval holds the true median.
    fn coverage(launches: usize, shrink: f64) -> f64 {
        const TRIALS: usize = 4_000;
        let mut random = fastrand::Rng::with_seed(launches as u64);
        let truth = 10_000.0 * (2.0_f64).ln();
        let covered = (0..TRIALS).filter(|_| {
            let mut sample = || (-10_000.0 * (1.0 - random.f64()).ln()) as u64;
            let values: Vec<u64> = (0..launches).map(|_| sample()).collect();
            let Interval { low, high } = interval(&values).unwrap();
            let (low, high) = (low as f64, high as f64);
            let cut = (high - low) * (1.0 - shrink) / 2.0;
            (low + cut..=high - cut).contains(&truth)
        });
        covered.count() as f64 / TRIALS as f64
    }

    #[test]
    fn intervals_of_independent_launches_cover_their_level() {
        for launches in [7, 12, 15, 16, 24, 40, 100] {
            let share = coverage(launches, 1.0);
            assert!((0.97..=0.992).contains(&share), "{launches}: {share}");
        }
    }

    #[test]
    fn an_interval_that_is_too_narrow_is_seen() {
        assert!(coverage(24, 0.7) < 0.90);
    }
}
