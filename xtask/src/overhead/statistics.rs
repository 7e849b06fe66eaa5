//! Order statistics of a few ratios. They assume no distribution.

use serde::Serialize;

/// A median, its confidence interval, and the spread of single values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    pub median: f64,
    /// Lower end of an interval that contains the true median with a confidence of at least 95 %.
    pub low: f64,
    /// Upper end of that interval.
    pub high: f64,
    /// Half of the values are between this and `middle_high`. A disturbed minority of launches
    /// cannot move these two.
    pub middle_low: f64,
    pub middle_high: f64,
    /// Nine in ten values are between this and `spread_high`.
    pub spread_low: f64,
    pub spread_high: f64,
    /// Number of values.
    pub number: usize,
}

impl Estimate {
    /// `None` for fewer than six values, because no interval of them has a confidence of 95 %.
    pub fn from_values(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let number = sorted.len();
        let outside = outside_of_interval(number)?;
        Some(Self {
            median: median(&sorted),
            low: sorted[outside],
            high: sorted[number - 1 - outside],
            middle_low: quantile(&sorted, 0.25),
            middle_high: quantile(&sorted, 0.75),
            spread_low: quantile(&sorted, 0.05),
            spread_high: quantile(&sorted, 0.95),
            number,
        })
    }
}

/// Median of sorted values; 0 for none.
pub fn median(sorted: &[f64]) -> f64 {
    quantile(sorted, 0.5)
}

/// Interpolates linearly between neighbours, like the default of most programs.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let position = share * last as f64;
    let below = sorted[position.floor() as usize];
    let above = sorted[position.ceil() as usize];
    below + (above - below) * position.fract()
}

/// How many values can be left out on each side so that the others enclose the median with a
/// confidence of at least 95 %. Each value is below the median with a probability of one half, so
/// the number of values below it is binomial.
fn outside_of_interval(number: usize) -> Option<usize> {
    let mut chance = 0.5_f64.powi(i32::try_from(number).ok()?);
    let mut below = 0.0;
    for outside in 0..=number / 2 {
        below += chance;
        if below > 0.025 {
            return outside.checked_sub(1);
        }
        chance *= (number - outside) as f64 / (outside + 1) as f64;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), 3.0);
    }

    #[test]
    fn the_median_of_an_odd_number_is_the_middle_one() {
        assert_eq!(median(&[1.0, 2.0, 9.0]), 2.0);
    }

    #[test]
    fn six_values_are_the_fewest_with_an_interval() {
        assert_eq!(outside_of_interval(5), None);
        assert_eq!(outside_of_interval(6), Some(0));
    }

    /// From the tables of the sign test: 25 values, the 8th and the 18th.
    #[test]
    fn the_interval_of_25_values_leaves_seven_out_on_each_side() {
        assert_eq!(outside_of_interval(25), Some(7));
    }

    #[test]
    fn one_wild_value_moves_neither_median_nor_interval() {
        let calm: Vec<f64> = (0..25).map(f64::from).collect();
        let mut wild = calm.clone();
        wild[24] = 1e9;
        let (calm, wild) = (
            Estimate::from_values(&calm).unwrap(),
            Estimate::from_values(&wild).unwrap(),
        );
        assert_eq!(
            (calm.median, calm.low, calm.high, calm.middle_high),
            (wild.median, wild.low, wild.high, wild.middle_high)
        );
        assert_eq!((calm.median, calm.low, calm.high), (12.0, 7.0, 17.0));
    }

    #[test]
    fn the_spread_holds_nine_of_ten_values() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        let estimate = Estimate::from_values(&values).unwrap();
        assert_eq!((estimate.spread_low, estimate.spread_high), (5.0, 95.0));
    }
}
