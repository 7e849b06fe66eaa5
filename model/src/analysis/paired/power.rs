//! Estimates which changes a comparison of times would have found.

use super::ranks::Tested;
use super::standing::SUSPICIOUS;
use super::{ALPHA, LOOKS};

/// The change for which the power is estimated, as a share.
pub(super) const CHANGE: f64 = 0.05;

/// The normal quantile for nine in ten: a change is found that often if it exceeds the threshold by
/// this many standard errors.
const NINE_IN_TEN: f64 = 1.2816;

/// A signed-rank test has 3/π of the efficiency of a test of means, so it needs more paired rounds.
const EFFICIENCY: f64 = 0.955;

/// Whether nine of ten comparisons would have found a change of [`CHANGE`] in a case with times
/// like these. The case would have looked changed after the paired rounds that it has. It would
/// then have got `further` paired rounds, which would have made the change certain with a p-value
/// that is corrected for `tests`.
pub(super) fn would_be_found(tested: &Tested, further: usize, tests: usize) -> bool {
    let rounds = tested.rounds();
    if rounds < 2 {
        return false;
    }
    // A spread that is estimated from few paired rounds may be too small; add its standard error.
    let spread = tested.spread() * (1.0 + 1.2 / (rounds as f64).sqrt());
    let errors = |rounds: usize| CHANGE.ln_1p() * (EFFICIENCY * rounds as f64).sqrt() / spread;
    let all = rounds.max(further);
    // A test by ranks is most certain if all signs agree.
    let sure = ALPHA / (f64::from(LOOKS) * tests.max(1) as f64);
    let can_be_sure = 2.0_f64.powi(1 - i32::try_from(all).unwrap_or(i32::MAX)) < sure;
    let looks_changed = errors(rounds) >= quantile(SUSPICIOUS / 2.0) + NINE_IN_TEN;
    let is_sure = errors(all) >= quantile(sure / 2.0) + NINE_IN_TEN;
    can_be_sure && looks_changed && is_sure
}

/// The number of standard deviations beyond which a normal distribution leaves `tail`, by
/// Abramowitz and Stegun 26.2.23, with an error of at most 0.00045.
fn quantile(tail: f64) -> f64 {
    let t = (-2.0 * tail.ln()).sqrt();
    let over = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let under = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    t - over / under
}

#[cfg(test)]
mod tests {
    use super::{Tested, quantile, would_be_found};

    fn tested(rounds: usize, noise: u64) -> Tested {
        let ratio = |number: usize| (1_000_000 + noise * (number as u64 * 7 % 11), 1_000_000);
        Tested::new((0..rounds).map(ratio))
    }

    #[test]
    fn quantiles_are_the_known_ones() {
        for (tail, known) in [(0.1, 1.2816), (0.025, 1.96), (1e-6, 4.7534)] {
            assert!((quantile(tail) - known).abs() < 0.001, "{tail}");
        }
    }

    #[test]
    fn steady_times_with_many_rounds_find_a_change_and_noisy_or_few_ones_do_not() {
        assert!(would_be_found(&tested(6, 1_000), 32, 329));
        assert!(
            !would_be_found(&tested(6, 1_000), 16, 329),
            "too few paired rounds to be sure"
        );
        assert!(!would_be_found(&tested(6, 12_000), 64, 329), "too noisy");
        assert!(
            would_be_found(&tested(64, 12_000), 64, 329),
            "more paired rounds compensate for noise"
        );
        assert!(!would_be_found(&tested(1, 0), 64, 329));
    }
}
