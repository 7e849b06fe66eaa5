//! A control: the verdicts of a test on the same times that treats every batch as an independent
//! sample.

use std::collections::BTreeMap;

use heapmark_model::analysis::{SMALLEST_CHANGE, holm};

/// The level of significance over all cases together.
const ALPHA: f64 = 0.05;

/// The number of cases that seem slower, and the number that seem faster.
pub(super) fn verdicts(cases: &BTreeMap<String, [Vec<u64>; 2]>) -> (u32, u32) {
    let tested: Vec<(f64, f64)> = cases
        .values()
        .map(|[base, head]| welch(base, head))
        .collect();
    let raw: Vec<f64> = tested.iter().map(|(_, p)| *p).collect();
    let (mut worse, mut better) = (0, 0);
    for ((change, _), p) in tested.iter().zip(holm(&raw, 1.0)) {
        if p < ALPHA && change.abs() > SMALLEST_CHANGE.ln_1p() {
            worse += u32::from(*change > 0.0);
            better += u32::from(*change < 0.0);
        }
    }
    (worse, better)
}

/// The mean logarithm of head over base, and its p-value by Welch's test. There are more than a
/// hundred batches per side, so the normal distribution replaces Student's.
fn welch(base: &[u64], head: &[u64]) -> (f64, f64) {
    let [(base, of_base), (head, of_head)] = [base, head].map(mean_and_error);
    let change = head - base;
    let deviation = (of_base + of_head).sqrt();
    if deviation == 0.0 {
        return (change, if change == 0.0 { 1.0 } else { 0.0 });
    }
    (
        change,
        libm::erfc((change / deviation).abs() / 2_f64.sqrt()),
    )
}

/// The mean of the logarithms, and the square of its standard error.
fn mean_and_error(times: &[u64]) -> (f64, f64) {
    let logs: Vec<f64> = times
        .iter()
        .map(|time| (*time).max(1) as f64)
        .map(f64::ln)
        .collect();
    let count = logs.len().max(2) as f64;
    let mean = logs.iter().sum::<f64>() / count;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    (mean, squares / (count - 1.0) / count)
}

#[cfg(test)]
mod tests {
    use super::{verdicts, welch};

    /// 128 times around `middle`.
    fn times(middle: u64) -> Vec<u64> {
        (0..128).map(|n| middle + n * 37 % 101).collect()
    }

    #[test]
    fn a_slower_head_is_worse_a_faster_one_better_and_an_equal_one_neither() {
        let cases = |head| {
            let case = [times(10_000), times(head)];
            [("a/x".to_owned(), case)].into()
        };
        assert_eq!(verdicts(&cases(10_500)), (1, 0));
        assert_eq!(verdicts(&cases(9_500)), (0, 1));
        assert_eq!(verdicts(&cases(10_000)), (0, 0));
    }

    #[test]
    fn a_difference_of_1_96_standard_errors_has_a_p_value_of_5_percent() {
        let base: Vec<u64> = (0..100_000).map(|n| 1_000_000 + n % 2_001).collect();
        let (_, error) = super::mean_and_error(&base);
        let by = 1.96 * (2.0 * error).sqrt();
        let head: Vec<u64> = base
            .iter()
            .map(|time| (*time as f64 * by.exp()).round() as u64)
            .collect();
        let (_, p) = welch(&base, &head);
        assert!((p - 0.05).abs() < 0.01, "{p}");
    }
}
