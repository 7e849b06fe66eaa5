//! Decides which cases need further paired rounds while times are being measured.
//!
//! ```text
//!  Fresh ── FIRST rounds ──▶ Open ─┬─ narrow interval ──▶ Settled
//!                   (or Unknown)  ├─ looks changed ────▶ Suspect ── sure, or all rounds ─▶ Settled
//!                                 └─ all rounds ───────▶ Settled
//! ```
//!
//! Whether a case gets further paired rounds depends on its times so far. That never makes a case
//! count as changed: only the test over all paired rounds of a case does. A case that stops early
//! can only be unchanged.

use super::ranks::Tested;
use super::{ALPHA, Families, LOOKS, NOTICED, PairedRound, Prior, SMALLEST_CHANGE};

/// Paired rounds that every case gets before any is tested. Six is the minimum for a 95 % interval.
const FIRST: usize = 6;

/// A case looks changed if its p-value is below this.
pub(super) const SUSPICIOUS: f64 = 0.2;

/// How much a case needs further paired rounds, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Its counts or instructions changed. It has not all its paired rounds yet, or looks changed
    /// without certainty.
    Changed,
    /// It has fewer paired rounds than every case gets.
    Fresh,
    /// It looks changed, and further paired rounds can make that certain.
    Suspect,
    /// Its instructions are not known, and its interval is wide.
    Unknown,
    /// Its instructions are the same, and its interval is wide.
    Open,
    /// It is known well enough, or has all the paired rounds that it may get.
    Settled,
}

impl Standing {
    /// The standing of a case after these paired rounds of at most `most`. A case that looks changed
    /// may get twice as many.
    pub fn new(rounds: &[PairedRound], prior: Prior, families: Families, most: usize) -> Self {
        if rounds.len() < FIRST.min(most) {
            return match prior {
                Prior::Changed => Self::Changed,
                Prior::Unchanged | Prior::Unknown => Self::Fresh,
            };
        }
        let tested = Tested::new(rounds.iter().map(|round| (round.head, round.base)));
        let looks_changed = tested.p < SUSPICIOUS && tested.is_beyond(SMALLEST_CHANGE);
        if rounds.len() >= most {
            let tests = families.tests(prior) as f64;
            let is_sure = tested.p * f64::from(LOOKS) * tests < ALPHA;
            let wants_more = looks_changed && !is_sure && rounds.len() < 2 * most;
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
    use crate::analysis::{Families, PairedRound, Prior};

    /// `count` paired rounds in which the head takes `percent` of the base, with `noise` around it.
    fn rounds(count: usize, percent: u64, noise: u64) -> Vec<PairedRound> {
        let round = |number: usize| PairedRound {
            base: 1_000_000,
            again: None,
            head: 10_000 * percent + noise * (number as u64 * 7 % 11) - noise * 5,
        };
        (0..count).map(round).collect()
    }

    fn standing(rounds: &[PairedRound], prior: Prior) -> Standing {
        let priors = (0..329).map(|case| match case {
            0..3 => Prior::Changed,
            _ => Prior::Unchanged,
        });
        Standing::new(rounds, prior, Families::new(priors), 32)
    }

    #[test]
    fn changed_counts_or_instructions_come_first_and_then_what_looks_changed() {
        assert_eq!(standing(&[], Prior::Changed), Standing::Changed);
        assert_eq!(standing(&[], Prior::Unchanged), Standing::Fresh);
        let slower = rounds(6, 105, 100);
        assert_eq!(standing(&slower, Prior::Unchanged), Standing::Suspect);
        let noisy = rounds(6, 100, 30_000);
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
    fn a_case_is_settled_by_a_narrow_interval_by_certainty_or_by_all_its_rounds() {
        let steady = rounds(6, 100, 100);
        assert_eq!(standing(&steady, Prior::Unchanged), Standing::Settled);
        assert_eq!(standing(&steady, Prior::Changed), Standing::Changed);
        let slower = rounds(32, 105, 100);
        assert_eq!(standing(&slower, Prior::Changed), Standing::Settled);
        let unsure = rounds(32, 102, 12_000);
        assert_eq!(standing(&unsure, Prior::Unchanged), Standing::Suspect);
        assert_eq!(standing(&unsure, Prior::Changed), Standing::Changed);
        let all = rounds(64, 102, 12_000);
        assert_eq!(standing(&all, Prior::Unchanged), Standing::Settled);
    }
}
