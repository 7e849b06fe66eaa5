//! The signed-rank test of the log-ratios of a case, its interval, and corrections of p-values.

/// The log-ratios of one case, tested against zero.
pub(super) struct Tested {
    /// Sorted.
    logs: Vec<f64>,
    pub(super) median: f64,
    /// The p-value of the signed-rank test, before any correction.
    pub(super) p: f64,
}

impl Tested {
    /// Tests ratios of two times, as `(over, under)`.
    pub(super) fn new(ratios: impl Iterator<Item = (u64, u64)>) -> Self {
        let log = |(over, under): (u64, u64)| (over.max(1) as f64 / under.max(1) as f64).ln();
        let mut logs: Vec<f64> = ratios.map(log).collect();
        logs.sort_by(f64::total_cmp);
        Self {
            median: middle(&logs),
            p: signed_ranks(&logs),
            logs,
        }
    }

    pub(super) fn rounds(&self) -> usize {
        self.logs.len()
    }

    /// Whether the median differs from zero by more than `share`.
    pub(super) fn is_beyond(&self, share: f64) -> bool {
        self.median.abs() > share.ln_1p()
    }

    /// The differences that the test does not reject at 5 %; `None` below six paired rounds.
    pub(super) fn interval(&self) -> Option<(f64, f64)> {
        interval(&self.logs)
    }

    /// Whether the interval lies within `share` of zero.
    pub(super) fn is_within(&self, share: f64) -> bool {
        let most = share.ln_1p();
        let interval = self.interval();
        interval.is_some_and(|(low, high)| -most < low && high < most)
    }

    /// The spread of the log-ratios: their median absolute deviation, scaled to the standard
    /// deviation of a normal distribution.
    pub(super) fn spread(&self) -> f64 {
        let mut distances: Vec<f64> = self
            .logs
            .iter()
            .map(|log| (log - self.median).abs())
            .collect();
        distances.sort_by(f64::total_cmp);
        middle(&distances) * 1.4826
    }
}

/// The median of a sorted slice; 0 if it is empty.
fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        length if length.is_multiple_of(2) => f64::midpoint(sorted[half - 1], sorted[half]),
        _ => sorted[half],
    }
}

/// The two-sided p-value of Wilcoxon's signed-rank test, exact, with shared ranks for ties and
/// without zeros.
fn signed_ranks(values: &[f64]) -> f64 {
    let mut values: Vec<f64> = values.iter().copied().filter(|v| *v != 0.0).collect();
    values.sort_by(|left, right| left.abs().total_cmp(&right.abs()));
    // Twice the rank, so that a shared rank is a whole number.
    let mut ranks: Vec<usize> = Vec::with_capacity(values.len());
    for tied in values.chunk_by(|left, right| left.abs() == right.abs()) {
        let first = ranks.len() + 1;
        let shared = first + (first + tied.len() - 1);
        ranks.extend(std::iter::repeat_n(shared, tied.len()));
    }
    let positive = values.iter().zip(&ranks).filter(|(value, _)| **value > 0.0);
    let sum: usize = positive.map(|(_, rank)| rank).sum();
    let distribution = distribution(&ranks);
    let below: f64 = distribution[..=sum].iter().sum();
    let above: f64 = distribution[sum..].iter().sum();
    (2.0 * below.min(above)).min(1.0)
}

/// The probability of each sum of ranks, if each of `ranks` counts with probability 1/2.
fn distribution(ranks: &[usize]) -> Vec<f64> {
    let mut distribution = vec![0.0; ranks.iter().sum::<usize>() + 1];
    distribution[0] = 1.0;
    let mut reached = 0;
    for &rank in ranks {
        reached += rank;
        for sum in (0..=reached).rev() {
            let with = if sum >= rank {
                distribution[sum - rank]
            } else {
                0.0
            };
            distribution[sum] = f64::midpoint(distribution[sum], with);
        }
    }
    distribution
}

fn interval(sorted: &[f64]) -> Option<(f64, f64)> {
    let count = sorted.len();
    let ranks: Vec<usize> = (1..=count).collect();
    let mut cumulated = 0.0;
    let mut fits = |probability: &f64| {
        cumulated += probability;
        cumulated <= 0.025
    };
    let outside = distribution(&ranks).iter().take_while(|p| fits(p)).count();
    if outside == 0 {
        return None;
    }
    let mut averages = Vec::with_capacity(count * (count + 1) / 2);
    for (index, left) in sorted.iter().enumerate() {
        averages.extend(
            sorted[index..]
                .iter()
                .map(|right| f64::midpoint(*left, *right)),
        );
    }
    averages.sort_by(f64::total_cmp);
    let low = *averages.get(outside - 1)?;
    let high = *averages.get(averages.len().checked_sub(outside)?)?;
    Some((low, high))
}

/// Holm's correction of p-values, each of which was tested `looks` times.
pub fn holm(raw: &[f64], looks: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..raw.len()).collect();
    order.sort_by(|left, right| raw[*left].total_cmp(&raw[*right]));
    let mut corrected = vec![1.0; raw.len()];
    let mut highest: f64 = 0.0;
    for (place, index) in order.into_iter().enumerate() {
        let others = (raw.len() - place) as f64;
        highest = highest.max((raw[index] * looks * others).min(1.0));
        corrected[index] = highest;
    }
    corrected
}

/// The probability of `found` or more among `cases`, if each has the probability `p`.
pub(super) fn tail(cases: usize, found: usize, p: f64) -> f64 {
    let mut probability = (1.0 - p).powi(i32::try_from(cases).unwrap_or(i32::MAX));
    let mut below = 0.0;
    for number in 0..found {
        below += probability;
        probability *= (cases - number) as f64 / (number + 1) as f64 * p / (1.0 - p);
    }
    1.0 - below
}

#[cfg(test)]
mod tests {
    use super::{distribution, holm, signed_ranks, tail};

    #[test]
    fn the_test_is_wilcoxons() {
        // Of 2⁵ sign combinations only two are as one-sided as five equal signs.
        assert_eq!(signed_ranks(&[1.0, 2.0, 3.0, 4.0, 5.0]), 2.0 / 32.0);
        assert_eq!(signed_ranks(&[0.0, 1.0, -1.0]), 1.0);
        assert_eq!(distribution(&[1, 2, 3]).iter().sum::<f64>(), 1.0);
    }

    #[test]
    fn corrections_are_the_known_ones() {
        let corrected = holm(&[0.01, 0.04, 0.03], 1.0);
        let known = [0.03, 0.06, 0.06];
        let close = corrected
            .iter()
            .zip(known)
            .all(|(ours, known)| (ours - known).abs() < 1e-12);
        assert!(close, "{corrected:?}");
        assert!((tail(2, 1, 0.5) - 0.75).abs() < 1e-12);
        assert_eq!(tail(10, 0, 0.01), 1.0);
    }
}
