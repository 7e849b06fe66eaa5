//! The progress of a case: which of its launches count, and how many more it needs.

use crate::runner::Batches;
use heapmark_model::analysis::{enclosure, interval, median};
use heapmark_model::record::Time;

use super::TimePlan;

/// The lowest number of undisturbed batches of a launch that counts.
const FEWEST_BATCHES: usize = 3;

/// The lowest number of undisturbed launches. With fewer, all launches of a case count.
const FEWEST: usize = 7;

impl Batches {
    /// The median of the batches with a pace of at most `limit` before and after them; `None` if
    /// there are too few of them.
    fn undisturbed(&self, limit: u64) -> Option<u64> {
        let around = self.paces.windows(2);
        let good: Vec<u64> = self
            .picoseconds
            .iter()
            .zip(around)
            .filter(|(_, around)| around.iter().all(|&pace| pace <= limit))
            .map(|(&batch, _)| batch)
            .collect();
        let few = FEWEST_BATCHES.min(self.picoseconds.len());
        (good.len() >= few).then(|| median(&good))?
    }
}

/// The launches of a case so far.
pub(super) struct Progress {
    pub(super) id: String,
    pub(super) launches: Vec<Batches>,
    /// The number of undisturbed launches that the case should have.
    wanted: u32,
    /// Whether `wanted` was decided from the first launches.
    is_decided: bool,
    pub(super) failed: Option<String>,
}

impl Progress {
    pub(super) fn new(id: &str, wanted: u32) -> Self {
        Self {
            id: id.to_owned(),
            launches: Vec::new(),
            wanted,
            is_decided: false,
            failed: None,
        }
    }

    /// Decides once how many launches the case should have, when the first ones are complete.
    pub(super) fn decide(&mut self, limit: u64, plan: &TimePlan) {
        if !self.is_decided && !self.is_waiting(limit) {
            self.wanted = wanted(self.time(limit).as_ref(), plan);
            self.is_decided = true;
        }
    }

    /// The time from the launches with a pace of at most `limit`, or from all launches if these are
    /// too few; `None` before the first launch.
    pub(super) fn time(&self, limit: u64) -> Option<Time> {
        let mut launches: Vec<u64> = self.undisturbed(limit).collect();
        if launches.len() < FEWEST {
            let all = self.launches.iter();
            launches = all
                .filter_map(|launch| median(&launch.picoseconds))
                .collect();
        }
        Some(Time {
            median: median(&launches)?,
            interval: interval(&launches),
            disturbed: u32::try_from(self.launches.len() - launches.len()).unwrap_or(u32::MAX),
            launches,
        })
    }

    pub(super) fn is_waiting(&self, limit: u64) -> bool {
        let count = self.undisturbed(limit).count() as u64;
        self.failed.is_none() && count < u64::from(self.wanted)
    }

    fn undisturbed(&self, limit: u64) -> impl Iterator<Item = u64> + '_ {
        let launches = self.launches.iter();
        launches.filter_map(move |launch| launch.undisturbed(limit))
    }
}

/// The number of launches that a case should have, from its first ones: the width of the interval
/// around the median decreases with the square root of the number.
fn wanted(time: Option<&Time>, plan: &TimePlan) -> u32 {
    let Some((time, sure)) = time.and_then(|time| Some((time, enclosure(&time.launches)?))) else {
        return plan.launches;
    };
    let half = (sure.high - sure.low) as f64 / 2.0;
    let excess = half / (time.median as f64 * plan.precision);
    if excess.is_nan() || excess <= 1.0 {
        return plan.launches;
    }
    let wanted = time.launches.len() as f64 * excess * excess;
    (wanted.ceil() as u32).clamp(plan.launches, plan.max_launches.max(plan.launches))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::time::tests::plan;

    /// A case with these launches, each of five batches and with its pace.
    fn case(launches: &[(u64, u64)]) -> Progress {
        let told = launches.iter().map(|&(time, pace)| Batches {
            picoseconds: vec![time; 5],
            paces: vec![pace; 6],
        });
        Progress {
            launches: told.collect(),
            ..Progress::new("a/case", 12)
        }
    }

    fn wanted_by(launches: &[u64]) -> u32 {
        let launches: Vec<_> = launches.iter().map(|&time| (time, 100)).collect();
        wanted(case(&launches).time(100).as_ref(), &plan())
    }

    #[test]
    fn a_case_with_a_narrow_interval_wants_no_more() {
        assert_eq!(wanted_by(&[1_000; 12]), 12);
        assert_eq!(wanted_by(&[0; 12]), 12);
        assert_eq!(wanted_by(&[]), 12);
    }

    #[test]
    fn a_wide_interval_wants_more_up_to_the_limit() {
        let spread = |step: u64| -> Vec<u64> { (0..12).map(|n| 10_000 + n * step).collect() };
        let some = wanted_by(&spread(50));
        assert!((13..40).contains(&some), "{some}");
        assert_eq!(wanted_by(&spread(1_000)), 40);
    }

    #[test]
    fn a_disturbed_launch_is_kept_but_does_not_count() {
        let mut launches = vec![(1_000, 100); 8];
        launches.insert(3, (1_700, 170));
        let time = case(&launches).time(110).unwrap();
        assert_eq!((time.launches.len(), time.disturbed), (8, 1));
        assert_eq!(
            time.interval.map(|it| (it.low, it.high)),
            Some((980, 1_020))
        );
        let counted = case(&launches).time(200).unwrap();
        assert_eq!((counted.launches.len(), counted.disturbed), (9, 0));
    }

    #[test]
    fn a_disturbance_in_the_middle_affects_only_its_batches() {
        let launch = Batches {
            picoseconds: vec![1_000, 1_000, 1_000, 1_500, 1_700],
            paces: vec![100, 100, 100, 100, 160, 170],
        };
        assert_eq!(launch.undisturbed(110), Some(1_000));
        assert_eq!(launch.undisturbed(99), None);
    }

    #[test]
    fn a_case_that_never_ran_undisturbed_is_judged_by_all_that_it_has() {
        let time = case(&[(1_700, 170); 12]).time(110).unwrap();
        assert_eq!(time.disturbed, 0);
        assert_eq!(time.median, 1_700);
    }
}
