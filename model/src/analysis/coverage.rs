//! Measures how often confidence intervals contain the true value, over repeated reports.

use std::collections::BTreeMap;

use super::median;
use crate::record::Time;

/// The share of 95 % intervals that must contain the true value for a calibration to pass.
pub const COVERAGE_AIM: f64 = 0.93;

/// The coverage of the intervals of repeated reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// Number of intervals, one for each case of each report.
    pub intervals: u32,
    /// Number of intervals that contain the median of all launches of the case in the other
    /// reports.
    ///
    /// The report's own launches are excluded; otherwise an interval would be compared with
    /// itself. The median of the other reports is not exact either, so this criterion is slightly
    /// too strict.
    pub covered: u32,
    /// The median half width of the intervals, in millionths of the time.
    pub half_width_millionths: u32,
}

/// Compares each interval of `reports` with the other reports. A report maps case ids to times.
pub fn coverage(reports: &[BTreeMap<String, Time>]) -> Covered {
    let mut found = Covered::default();
    let mut widths = Vec::new();
    for (number, report) in reports.iter().enumerate() {
        for (id, time) in report {
            let others = reports
                .iter()
                .enumerate()
                .filter(|&(other, _)| other != number);
            let others = others.filter_map(|(_, report)| report.get(id));
            let launches: Vec<u64> = others.flat_map(|time| time.launches.clone()).collect();
            let (Some(interval), Some(grand)) = (time.interval, median(&launches)) else {
                continue;
            };
            found.intervals += 1;
            found.covered += u32::from((interval.low..=interval.high).contains(&grand));
            let width = interval.high.saturating_sub(interval.low);
            widths.extend(width.saturating_mul(500_000).checked_div(time.median));
        }
    }
    let half_width = median(&widths).unwrap_or_default();
    found.half_width_millionths = u32::try_from(half_width).unwrap_or(u32::MAX);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::enclosure;

    /// Reports of one case whose launches vary randomly around `center(report)`.
    fn reports(center: impl Fn(usize) -> u64) -> Vec<BTreeMap<String, Time>> {
        let mut random = fastrand::Rng::with_seed(11);
        let report = |number: usize| {
            let mut launch = || center(number) + random.u64(0..2_000);
            let launches: Vec<u64> = (0..20).map(|_| launch()).collect();
            let time = Time {
                median: median(&launches).unwrap(),
                interval: enclosure(&launches),
                launches,
                disturbed: 0,
            };
            BTreeMap::from([("a/case".to_owned(), time)])
        };
        (0..400).map(report).collect()
    }

    #[test]
    fn reports_that_differ_only_by_chance_are_covered_as_promised() {
        let found = coverage(&reports(|_| 10_000));
        assert_eq!(found.intervals, 400);
        let share = f64::from(found.covered) / 400.0;
        assert!((0.92..=0.98).contains(&share), "{share}");
    }

    #[test]
    fn reports_that_drift_by_more_than_their_intervals_are_not() {
        let drifting = |number: usize| 10_000 + 600 * (number as u64 % 4);
        let found = coverage(&reports(drifting));
        assert!(found.covered < 300, "{found:?}");
    }

    #[test]
    fn a_single_report_cannot_be_compared() {
        let one = &reports(|_| 10_000)[..1];
        assert_eq!(coverage(one).intervals, 0);
    }
}
