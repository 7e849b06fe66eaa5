//! Which changes a comparison of times would have found, had they been there.

use super::ranks::Tested;
use super::standing::SUSPICIOUS;
use super::{ALPHA, LOOKS};

/// The change that is asked about, as a share.
pub(super) const CHANGE: f64 = 0.05;

/// Normal quantiles: a change is found nine times in ten if it is so many standard errors further
/// from none than what is needed.
const NINE_IN_TEN: f64 = 1.2816;

/// A signed-rank test needs a little more units than a test of means: 3/π of its efficiency.
const EFFICIENCY: f64 = 0.955;

/// Whether a change of [`CHANGE`] of a case with times like these would have been found in nine
/// comparisons of ten: it would have looked changed after the units that it has, and then got
/// `further` units, which would have made it sure among `cases`.
pub(super) fn would_be_found(tested: &Tested, further: usize, cases: usize) -> bool {
    let units = tested.units();
    if units < 2 {
        return false;
    }
    // Few units may stray less than the case does: the standard error of the spread on top of it.
    let spread = tested.spread() * (1.0 + 1.2 / (units as f64).sqrt());
    let errors = |units: usize| CHANGE.ln_1p() * (EFFICIENCY * units as f64).sqrt() / spread;
    let all = units.max(further);
    // A test by ranks cannot be surer than all signs alike.
    let sure = ALPHA / (f64::from(LOOKS) * cases.max(1) as f64);
    let can_be_sure = 2.0_f64.powi(1 - i32::try_from(all).unwrap_or(i32::MAX)) < sure;
    let looks_changed = errors(units) >= quantile(SUSPICIOUS / 2.0) + NINE_IN_TEN;
    let is_sure = errors(all) >= quantile(sure / 2.0) + NINE_IN_TEN;
    can_be_sure && looks_changed && is_sure
}

/// How many standard deviations of a normal distribution leave `tail` beyond them: Abramowitz and
/// Stegun 26.2.23, off by at most 0.00045.
fn quantile(tail: f64) -> f64 {
    let t = (-2.0 * tail.ln()).sqrt();
    let over = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let under = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    t - over / under
}

#[cfg(test)]
mod tests {
    use super::{Tested, quantile, would_be_found};

    fn tested(units: usize, noise: u64) -> Tested {
        let ratio = |number: usize| (1_000_000 + noise * (number as u64 * 7 % 11), 1_000_000);
        Tested::new((0..units).map(ratio))
    }

    #[test]
    fn quantiles_are_the_known_ones() {
        for (tail, known) in [(0.1, 1.2816), (0.025, 1.96), (1e-6, 4.7534)] {
            assert!((quantile(tail) - known).abs() < 0.001, "{tail}");
        }
    }

    #[test]
    fn steady_times_with_many_units_find_a_change_and_noisy_or_few_ones_do_not() {
        assert!(would_be_found(&tested(6, 1_000), 32, 329));
        assert!(
            !would_be_found(&tested(6, 1_000), 16, 329),
            "too few units to be sure"
        );
        assert!(!would_be_found(&tested(6, 12_000), 64, 329), "too noisy");
        assert!(
            would_be_found(&tested(64, 12_000), 64, 329),
            "more units make up for it"
        );
        assert!(!would_be_found(&tested(1, 0), 64, 329));
    }
}
