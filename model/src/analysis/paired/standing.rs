//! What a case still wants while times are being taken.
//!
//! ```text
//!  Fresh ── FIRST units ──▶ Open ─┬─ its interval is narrow ──▶ Settled
//!                   (or Unknown) ├─ looks changed ───────────▶ Suspect ── sure, or all units ─▶ Settled
//!                                 └─ all units ───────────────▶ Settled
//! ```
//!
//! Which case gets further units hangs on its times so far. That never makes a case changed: only
//! all units of a case together do, and a case that is left with few can only be unchanged.

use super::ranks::Tested;
use super::{ALPHA, LOOKS, NOTICED, Prior, SMALLEST_CHANGE, Unit};

/// Units that every case gets before any is looked at. Six are the fewest with a 95 % interval.
const FIRST: usize = 6;

/// How probable the units of a case may be by chance for it to look changed.
pub(super) const SUSPICIOUS: f64 = 0.2;

/// What a case still wants, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Its counts or instructions changed, and it has not all its units, or looks changed and is
    /// not sure.
    Changed,
    /// It has fewer units than every case gets.
    Fresh,
    /// It looks changed, and more units would make it sure.
    Suspect,
    /// Its instructions are not known, and its interval is wide.
    Unknown,
    /// Its instructions are the same, and its interval is wide.
    Open,
    /// It is known well enough, or has all units that it may get.
    Settled,
}

impl Standing {
    /// The standing of one of `cases` that has `units` of `most`; one that looks changed may get
    /// twice as many.
    pub fn new(units: &[Unit], prior: Prior, cases: usize, most: usize) -> Self {
        if units.len() < FIRST.min(most) {
            return match prior {
                Prior::Changed => Self::Changed,
                Prior::Unchanged | Prior::Unknown => Self::Fresh,
            };
        }
        let tested = Tested::new(units.iter().map(|unit| (unit.head, unit.base)));
        let looks_changed = tested.p < SUSPICIOUS && tested.is_beyond(SMALLEST_CHANGE);
        if units.len() >= most {
            let is_sure = tested.p * f64::from(LOOKS) * (cases as f64) < ALPHA;
            let wants_more = looks_changed && !is_sure && units.len() < 2 * most;
            return match prior {
                _ if !wants_more => Self::Settled,
                Prior::Changed => Self::Changed,
                Prior::Unchanged | Prior::Unknown => Self::Suspect,
            };
        }
        match prior {
            Prior::Changed => Self::Changed,
            _ if looks_changed => Self::Suspect,
            _ if tested.is_within(NOTICED) => Self::Settled,
            Prior::Unknown => Self::Unknown,
            Prior::Unchanged => Self::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Standing;
    use crate::analysis::{Prior, Unit};

    /// So many units in which the head takes `percent` of the base, and up to `noise` more.
    fn units(count: usize, percent: u64, noise: u64) -> Vec<Unit> {
        let unit = |number: usize| Unit {
            base: 1_000_000,
            again: None,
            head: 10_000 * percent + noise * (number as u64 * 7 % 11) - noise * 5,
        };
        (0..count).map(unit).collect()
    }

    fn standing(units: &[Unit], prior: Prior) -> Standing {
        Standing::new(units, prior, 329, 32)
    }

    #[test]
    fn what_counts_or_instructions_show_comes_first_and_then_what_looks_changed() {
        assert_eq!(standing(&[], Prior::Changed), Standing::Changed);
        assert_eq!(standing(&[], Prior::Unchanged), Standing::Fresh);
        let slower = units(6, 105, 100);
        assert_eq!(standing(&slower, Prior::Unchanged), Standing::Suspect);
        let noisy = units(6, 100, 30_000);
        assert_eq!(standing(&noisy, Prior::Unchanged), Standing::Open);
        assert_eq!(standing(&noisy, Prior::Unknown), Standing::Unknown);
        let order = [
            Standing::Changed,
            Standing::Fresh,
            Standing::Suspect,
            Standing::Unknown,
            Standing::Open,
            Standing::Settled,
        ];
        assert!(order.is_sorted());
    }

    #[test]
    fn a_case_is_settled_by_a_narrow_interval_by_certainty_or_by_all_its_units() {
        let steady = units(6, 100, 100);
        assert_eq!(standing(&steady, Prior::Unchanged), Standing::Settled);
        assert_eq!(standing(&steady, Prior::Changed), Standing::Changed);
        let slower = units(32, 105, 100);
        assert_eq!(standing(&slower, Prior::Changed), Standing::Settled);
        let unsure = units(32, 102, 12_000);
        assert_eq!(standing(&unsure, Prior::Unchanged), Standing::Suspect);
        assert_eq!(standing(&unsure, Prior::Changed), Standing::Changed);
        let all = units(64, 102, 12_000);
        assert_eq!(standing(&all, Prior::Unchanged), Standing::Settled);
    }
}
