//! Times of two revisions, pair by pair: which of them changed, and whether that can be believed.
//!
//! ```text
//!  unit = a layout of the base, another one of it (again), one of the head; one heap
//!    head / base   ─▶ signed ranks ─▶ p, corrected over cases and looks ─▶ verdict
//!    again / base  ─▶ the same test, where nothing differs but the layout ─▶ false rate
//! ```
//!
//! The unit of replication is the layout, which moves times more than anything else that a
//! comparison does not change. docs/compare.md has the reasons.

use std::collections::BTreeMap;

use serde::Serialize;

/// Times of one case in one unit, in picoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// In a layout of the base.
    pub base: u64,
    /// In another layout of the base.
    pub again: u64,
    /// In a layout of the head.
    pub head: u64,
}

/// What a comparison says of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TimeVerdict {
    /// Nothing was found, and a change that is worth a verdict of its own would have been.
    Same,
    /// The head takes longer.
    Worse,
    /// The head takes less.
    Better,
    /// Neither is sure.
    Undecided,
    /// The base seems to differ from itself too often for anything to be believed.
    Withheld,
}

/// The time of one case on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TimeChange {
    /// What it means.
    pub verdict: TimeVerdict,
    /// Head over base; the median over units.
    pub ratio: f64,
    /// A 95 % interval of it, before any correction; absent for fewer than six units.
    pub interval: Option<(f64, f64)>,
    /// How probable so great a difference would be if there were none, corrected over cases.
    pub p: f64,
    /// How many units it was measured in.
    pub units: usize,
}

/// All times of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Times {
    /// By case.
    #[serde(skip)]
    pub changes: BTreeMap<String, TimeChange>,
    /// Cases in which the base seemed to differ from itself.
    pub false_cases: usize,
    /// Cases that were timed.
    pub cases: usize,
    /// The smallest change that gets a verdict, as a share.
    pub minimum: f64,
    /// Why the code ran in one layout only; `None` where it was shuffled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shuffled: Option<String>,
}

/// The smallest change of shuffled code that gets a verdict, as a share.
pub const SMALLEST_CHANGE: f64 = 0.01;

/// The same of code that ran in one layout only, which moves times by itself.
pub const SMALLEST_CHANGE_OF_ONE_LAYOUT: f64 = 0.05;

/// Looks at a case: at the units that all get, and at those that undecided ones get further.
const LOOKS: u32 = 2;

/// What a case is allowed to be called changed by chance, over all cases together.
const ALPHA: f64 = 0.01;

/// How probable a difference may be by chance for a case to count into the false rate, which has
/// no correction: a rate is what it is about.
const FALSE_P: f64 = 0.01;

/// A change of so much would have been noticed where the verdict is SAME.
const NOTICED: f64 = 0.05;

/// The cases that want more units, at the first of two looks.
pub fn undecided(units: &BTreeMap<String, Vec<Unit>>) -> Vec<String> {
    let judged = times(units, SMALLEST_CHANGE).changes.into_iter();
    let open = judged.filter(|(_, change)| change.verdict == TimeVerdict::Undecided);
    open.map(|(id, _)| id).collect()
}

/// Judges every case by its units, of which those got more that one earlier look did not decide.
pub fn times(units: &BTreeMap<String, Vec<Unit>>, minimum: f64) -> Times {
    let tested: Vec<(&String, Tested)> = units
        .iter()
        .filter(|(_, units)| !units.is_empty())
        .map(|(id, units)| (id, Tested::of(units, |unit| unit.head)))
        .collect();
    let again = units.values().filter(|units| !units.is_empty());
    let false_cases = again
        .map(|units| Tested::of(units, |unit| unit.again))
        .filter(|tested| tested.p < FALSE_P && tested.is_beyond(minimum))
        .count();
    let cases = tested.len();
    let is_withheld = tail(cases, false_cases, FALSE_P) < FALSE_P;
    let raw: Vec<f64> = tested.iter().map(|(_, tested)| tested.p).collect();
    let corrected = holm(&raw, f64::from(LOOKS));
    let changes = tested.into_iter().zip(corrected).map(|((id, tested), p)| {
        let verdict = if is_withheld {
            TimeVerdict::Withheld
        } else {
            tested.verdict(p, minimum)
        };
        let change = TimeChange {
            verdict,
            ratio: tested.median.exp(),
            interval: tested.interval.map(|(low, high)| (low.exp(), high.exp())),
            p,
            units: tested.units,
        };
        (id.clone(), change)
    });
    Times {
        changes: changes.collect(),
        false_cases,
        cases,
        minimum,
        not_shuffled: None,
    }
}

/// Log-ratios of one case, tested against none.
struct Tested {
    median: f64,
    interval: Option<(f64, f64)>,
    p: f64,
    units: usize,
}

impl Tested {
    fn of(units: &[Unit], side: fn(&Unit) -> u64) -> Self {
        let log = |unit: &Unit| (side(unit).max(1) as f64 / unit.base.max(1) as f64).ln();
        let mut logs: Vec<f64> = units.iter().map(log).collect();
        logs.sort_by(f64::total_cmp);
        Self {
            median: middle(&logs),
            interval: interval(&logs),
            p: signed_ranks(&logs),
            units: logs.len(),
        }
    }

    fn is_beyond(&self, minimum: f64) -> bool {
        self.median.abs() > minimum.ln_1p()
    }

    fn verdict(&self, p: f64, minimum: f64) -> TimeVerdict {
        if p < ALPHA && self.is_beyond(minimum) {
            return if self.median > 0.0 {
                TimeVerdict::Worse
            } else {
                TimeVerdict::Better
            };
        }
        let noticed = NOTICED.max(minimum).ln_1p();
        match self.interval {
            Some((low, high)) if -noticed < low && high < noticed => TimeVerdict::Same,
            _ => TimeVerdict::Undecided,
        }
    }
}

/// The middle of what is sorted.
fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        length if length.is_multiple_of(2) => f64::midpoint(sorted[half - 1], sorted[half]),
        _ => sorted[half],
    }
}

/// How probable ranks so one-sided are when each sign is a coin's: Wilcoxon's test, exact, with
/// shared ranks for ties and without zeros.
fn signed_ranks(values: &[f64]) -> f64 {
    let mut values: Vec<f64> = values.iter().copied().filter(|v| *v != 0.0).collect();
    values.sort_by(|left, right| left.abs().total_cmp(&right.abs()));
    // Twice the rank, so that a shared one is a whole number.
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

/// The probability of each sum of those `ranks` whose coin shows heads.
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

/// The differences that the test would not refuse at 5 %: between two of the averages of pairs.
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

/// Holm's correction of probabilities, after each was paid for `looks` times.
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

/// How probable `found` or more of `cases` are when each has the probability `p`.
fn tail(cases: usize, found: usize, p: f64) -> f64 {
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
    use std::collections::BTreeMap;

    use super::{TimeVerdict, Unit, distribution, holm, signed_ranks, tail, times};

    /// Thirty-two units in which layouts move times by up to `noise`, and the head is slower by
    /// `effect`.
    fn units(seed: u64, effect: f64, noise: f64) -> Vec<Unit> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut time = |scale: f64| {
            let moved = 1.0 + noise * (random.f64() + random.f64() - 1.0);
            (1e6 * scale * moved) as u64
        };
        (0..32)
            .map(|_| Unit {
                base: time(1.0),
                again: time(1.0),
                head: time(1.0 + effect),
            })
            .collect()
    }

    fn judged(effect: f64) -> Vec<TimeVerdict> {
        let cases = (0..40).map(|case| (format!("a/{case}"), units(case, effect, 0.03)));
        let times = times(&cases.collect(), 0.01);
        times
            .changes
            .values()
            .map(|change| change.verdict)
            .collect()
    }

    #[test]
    fn what_is_slower_is_worse_what_is_faster_is_better_and_nothing_is_the_same() {
        let all = |verdicts: Vec<TimeVerdict>, verdict| verdicts.iter().all(|v| *v == verdict);
        assert!(all(judged(0.05), TimeVerdict::Worse));
        assert!(all(judged(-0.05), TimeVerdict::Better));
        assert!(all(judged(0.0), TimeVerdict::Same));
    }

    #[test]
    fn a_base_that_differs_from_itself_withholds_every_verdict() {
        let mut cases = BTreeMap::new();
        for case in 0..40 {
            let mut units = units(case, 0.05, 0.01);
            if case < 5 {
                units
                    .iter_mut()
                    .for_each(|unit| unit.again += unit.again / 20);
            }
            cases.insert(format!("a/{case}"), units);
        }
        let times = times(&cases, 0.01);
        assert_eq!((times.false_cases, times.cases), (5, 40));
        let withheld = |verdict| verdict == TimeVerdict::Withheld;
        assert!(
            times
                .changes
                .values()
                .all(|change| withheld(change.verdict))
        );
    }

    #[test]
    fn few_units_decide_nothing() {
        let few = units(1, 0.05, 0.03)[..4].to_vec();
        let times = times(&BTreeMap::from([("a/x".to_owned(), few)]), 0.01);
        assert_eq!(times.changes["a/x"].verdict, TimeVerdict::Undecided);
    }

    #[test]
    fn the_test_is_wilcoxons() {
        // Of 2⁵ signs only two are as one-sided as all of one kind.
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
