//! Compares the times of two revisions: which cases changed, and whether the result is reliable.
//!
//! ```text
//!  paired round = a link order of the base and one of the head, on one heap
//!    head / base   ─▶ signed ranks ─▶ p, corrected for cases and looks ─▶ verdict
//!  a control also has a second link order of the base (again)
//!    again / base  ─▶ the same test, where nothing differs but the link order ─▶ false rate
//! ```
//!
//! The sampling unit is the link order, because it affects times more than anything else that a
//! comparison does not change. Counts and instructions are known beforehand. Cases whose counts or
//! instructions changed therefore get their paired rounds first. docs/compare.md explains why.

mod families;
mod power;
mod prior;
mod ranks;
mod standing;

use std::collections::BTreeMap;

use serde::Serialize;

pub use families::Families;
pub use prior::Prior;
pub use ranks::holm;
use ranks::{Tested, tail};
pub use standing::Standing;

/// The times of one case in one paired round, in picoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairedRound {
    /// The time in a link order of the base.
    pub base: u64,
    /// The time in another link order of the base, if the case is a control.
    pub again: Option<u64>,
    /// The time in a link order of the head.
    pub head: u64,
}

/// The measured times of a comparison.
#[derive(Clone, Debug, Default)]
pub struct PairedTimes {
    /// The paired rounds of each case, by its id.
    pub rounds: BTreeMap<String, Vec<PairedRound>>,
    /// What counts and instructions show about each case; cases not listed are `Unknown`.
    pub priors: BTreeMap<String, Prior>,
    /// The number of paired rounds that a case gets if it looks changed.
    pub most_rounds: usize,
}

/// The verdict on the time of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TimeVerdict {
    /// No change was found. Either the measurement would have found a change that is worth a
    /// verdict, or counts and instructions are the same.
    Same,
    /// The head takes longer.
    Worse,
    /// The head takes less time.
    Better,
    /// Neither a change nor its absence is certain.
    Undecided,
    /// The base differs from itself in too many controls, so that no result is reliable.
    Withheld,
}

/// The time of one case on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TimeChange {
    /// The verdict.
    pub verdict: TimeVerdict,
    /// The time of the head divided by that of the base; the median over paired rounds.
    pub ratio: f64,
    /// The 95 % interval of the ratio, without correction; absent for fewer than six paired rounds.
    pub interval: Option<(f64, f64)>,
    /// The p-value of the difference, corrected for the number of cases and looks.
    pub p: f64,
    /// What counts and instructions showed beforehand.
    pub prior: Prior,
    /// Whether SAME rests on instructions: the times alone would not have shown a change of 5 %.
    pub is_by_instructions: bool,
    /// The number of paired rounds.
    pub rounds: usize,
}

/// All times of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Times {
    /// The change of each case, by its id.
    #[serde(skip)]
    pub changes: BTreeMap<String, TimeChange>,
    /// Controls in which the base differs from itself.
    pub false_cases: usize,
    /// Controls: cases whose base was also timed against another link order of the base.
    pub controls: usize,
    /// Cases that were timed.
    pub cases: usize,
    /// Which changes would have been found.
    pub power: Power,
    /// The smallest change that gets a verdict, as a share.
    pub minimum: f64,
    /// Why the code ran in one link order only; `None` if it was shuffled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shuffled: Option<String>,
}

/// Which changes of time would have been found even if counts and instructions do not show them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Power {
    /// The size of the change, as a share.
    pub change: f64,
    /// The cases in which it would have been found, by an estimate that aims at nine times in ten.
    /// docs/compare.md states how often the estimate is right.
    #[serde(skip)]
    pub found: Vec<String>,
    /// The number of these cases.
    pub cases: usize,
}

/// The smallest change of time, as a share, that gets a verdict if link orders are shuffled.
pub const SMALLEST_CHANGE: f64 = 0.01;

/// The same if the code ran in one link order only: another link order alone changes times.
pub const SMALLEST_CHANGE_OF_ONE_LINK_ORDER: f64 = 0.05;

/// How often a case may be tested: after the usual paired rounds, and after twice as many if it is
/// still undecided.
const LOOKS: u32 = 2;

/// The probability that any unchanged case is called changed by chance, over all cases together.
const ALPHA: f64 = 0.01;

/// The p-value below which a control counts as false. It is not corrected for the number of
/// controls, because it measures a rate.
const FALSE_P: f64 = 0.01;

/// SAME by times alone requires that a change of this share would have been noticed.
const NOTICED: f64 = 0.05;

/// A p-value below this is a sign of a change. Then equal instructions are not enough for SAME.
const SIGN_P: f64 = 0.05;

/// Judges every case by its paired rounds and its prior.
pub fn times(measured: &PairedTimes, minimum: f64) -> Times {
    let timed = measured
        .rounds
        .iter()
        .filter(|(_, rounds)| !rounds.is_empty());
    let tested: Vec<(&String, Tested)> = timed
        .clone()
        .map(|(id, rounds)| (id, Tested::new(rounds.iter().map(|it| (it.head, it.base)))))
        .collect();
    let controls: Vec<Tested> = timed
        .map(|(_, rounds)| rounds.iter().filter_map(|it| Some((it.again?, it.base))))
        .map(Tested::new)
        .filter(|control| control.rounds() > 0)
        .collect();
    let is_false = |control: &&Tested| control.p < FALSE_P && control.is_beyond(minimum);
    let false_cases = controls.iter().filter(is_false).count();
    let is_withheld = tail(controls.len(), false_cases, FALSE_P) < FALSE_P;
    let prior_of = |id: &String| measured.priors.get(id).copied().unwrap_or(Prior::Unknown);
    let raw: Vec<(f64, Prior)> = tested
        .iter()
        .map(|(id, tested)| (tested.p, prior_of(id)))
        .collect();
    let families = Families::new(raw.iter().map(|(_, prior)| *prior));
    let corrected = families::corrected(&raw, families, f64::from(LOOKS));
    let cases = tested.len();
    let found = tested.iter().filter(|(id, tested)| {
        let tests = families.tests(prior_of(id));
        !is_withheld && power::would_be_found(tested, measured.most_rounds, tests)
    });
    let found: Vec<String> = found.map(|(id, _)| (*id).clone()).collect();
    let changes = tested.iter().zip(corrected).map(|((id, tested), p)| {
        let prior = prior_of(id);
        let (verdict, is_by_instructions) = if is_withheld {
            (TimeVerdict::Withheld, false)
        } else {
            verdict(tested, p, prior, minimum)
        };
        let change = TimeChange {
            verdict,
            ratio: tested.median.exp(),
            interval: tested.interval().map(|(low, high)| (low.exp(), high.exp())),
            p,
            prior,
            is_by_instructions,
            rounds: tested.rounds(),
        };
        ((*id).clone(), change)
    });
    Times {
        changes: changes.collect(),
        false_cases,
        controls: controls.len(),
        cases,
        power: Power {
            change: power::CHANGE,
            cases: found.len(),
            found,
        },
        minimum,
        not_shuffled: None,
    }
}

/// The verdict on a case with the corrected p-value `p`, and whether it rests on instructions.
fn verdict(tested: &Tested, p: f64, prior: Prior, minimum: f64) -> (TimeVerdict, bool) {
    if p < ALPHA && tested.is_beyond(minimum) {
        return if tested.median > 0.0 {
            (TimeVerdict::Worse, false)
        } else {
            (TimeVerdict::Better, false)
        };
    }
    let has_sign = tested.p < SIGN_P && tested.is_beyond(minimum);
    if tested.is_within(NOTICED.max(minimum)) {
        (TimeVerdict::Same, false)
    } else if prior == Prior::Unchanged && !has_sign {
        (TimeVerdict::Same, true)
    } else {
        (TimeVerdict::Undecided, false)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
