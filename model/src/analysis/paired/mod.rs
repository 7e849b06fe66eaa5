//! Times of two revisions, pair by pair: which of them changed, and whether that can be believed.
//!
//! ```text
//!  unit = a link order of the base and one of the head, on one heap
//!    head / base   ─▶ signed ranks ─▶ p, corrected over cases and looks ─▶ verdict
//!  controls have another link order of the base as well (again)
//!    again / base  ─▶ the same test, where nothing differs but the link order ─▶ false rate
//! ```
//!
//! The unit of replication is the link order, which moves times more than anything else that a
//! comparison does not change. Counts and instructions are known before, so that units go first to
//! the cases that they show changed, and then to what they cannot see. docs/compare.md has the
//! reasons.

mod power;
mod prior;
mod ranks;
mod standing;

use std::collections::BTreeMap;

use serde::Serialize;

pub use prior::Prior;
pub use ranks::holm;
use ranks::{Tested, tail};
pub use standing::Standing;

/// Times of one case in one unit, in picoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// In a link order of the base.
    pub base: u64,
    /// In another link order of the base, of a case that is a control.
    pub again: Option<u64>,
    /// In a link order of the head.
    pub head: u64,
}

/// What was measured of a comparison.
#[derive(Clone, Debug, Default)]
pub struct PairedTimes {
    /// The units of each case, by its id.
    pub units: BTreeMap<String, Vec<Unit>>,
    /// What was known of each case before; `Unknown` of those that are missing.
    pub priors: BTreeMap<String, Prior>,
    /// The units that a case would have got had it looked changed.
    pub most_units: usize,
}

/// What a comparison says of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TimeVerdict {
    /// Nothing was found, and either a change that is worth a verdict would have been, or counts
    /// and instructions are the same.
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
    /// What counts and instructions said before.
    pub prior: Prior,
    /// Whether SAME rests on instructions: times alone would not have shown a change of 5 %.
    pub is_by_instructions: bool,
    /// How many units it was measured in.
    pub units: usize,
}

/// All times of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Times {
    /// By case.
    #[serde(skip)]
    pub changes: BTreeMap<String, TimeChange>,
    /// Controls in which the base seemed to differ from itself.
    pub false_cases: usize,
    /// Controls: cases whose base was timed against itself as well.
    pub controls: usize,
    /// Cases that were timed.
    pub cases: usize,
    /// What would have been found.
    pub power: Power,
    /// The smallest change that gets a verdict, as a share.
    pub minimum: f64,
    /// Why the code ran in one link order only; `None` if it was shuffled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shuffled: Option<String>,
}

/// Which changes of time would have been found although counts and instructions do not show them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Power {
    /// The change, as a share.
    pub change: f64,
    /// The cases in which it would have been found, by an estimate that aims at nine times in ten;
    /// docs/compare.md has how often it holds.
    #[serde(skip)]
    pub found: Vec<String>,
    /// How many these are.
    pub cases: usize,
}

/// The smallest change of shuffled code that gets a verdict, as a share.
pub const SMALLEST_CHANGE: f64 = 0.01;

/// The same of code that ran in one link order only, which moves times by itself.
pub const SMALLEST_CHANGE_OF_ONE_LAYOUT: f64 = 0.05;

/// Looks at a case: at the units that it gets at most, and at twice as many if it is not sure.
const LOOKS: u32 = 2;

/// What a case is allowed to be called changed by chance, over all cases together.
const ALPHA: f64 = 0.01;

/// How probable a difference may be by chance for a control to count into the false rate, which
/// has no correction: a rate is what it is about.
const FALSE_P: f64 = 0.01;

/// A change of so much would have been noticed if the verdict is SAME by times.
const NOTICED: f64 = 0.05;

/// A difference that is less probable by chance is a sign of change: instructions that are the
/// same do not make it SAME.
const SIGN_P: f64 = 0.05;

/// Judges every case by its units, and by what was known before.
pub fn times(measured: &PairedTimes, minimum: f64) -> Times {
    let timed = measured.units.iter().filter(|(_, units)| !units.is_empty());
    let tested: Vec<(&String, Tested)> = timed
        .clone()
        .map(|(id, units)| (id, Tested::new(units.iter().map(|it| (it.head, it.base)))))
        .collect();
    let controls: Vec<Tested> = timed
        .map(|(_, units)| units.iter().filter_map(|it| Some((it.again?, it.base))))
        .map(Tested::new)
        .filter(|control| control.units() > 0)
        .collect();
    let is_false = |control: &&Tested| control.p < FALSE_P && control.is_beyond(minimum);
    let false_cases = controls.iter().filter(is_false).count();
    let is_withheld = tail(controls.len(), false_cases, FALSE_P) < FALSE_P;
    let raw: Vec<f64> = tested.iter().map(|(_, tested)| tested.p).collect();
    let corrected = holm(&raw, f64::from(LOOKS));
    let cases = tested.len();
    let found = tested.iter().filter(|(_, tested)| {
        !is_withheld && power::would_be_found(tested, measured.most_units, cases)
    });
    let found: Vec<String> = found.map(|(id, _)| (*id).clone()).collect();
    let changes = tested.iter().zip(corrected).map(|((id, tested), p)| {
        let prior = measured.priors.get(*id).copied();
        let prior = prior.unwrap_or(Prior::Unknown);
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
            units: tested.units(),
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

/// The verdict of a case with the corrected probability `p`, and whether it rests on instructions.
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
