//! Shares the error probability of a comparison between two families of cases: those whose counts or
//! instructions changed, and all others. Each family gets half of it.
//!
//! Few cases are in the first family as a rule, so that a changed case needs far fewer paired rounds
//! until its change of time is certain. What is in which family is known before times are measured,
//! so the probability that any unchanged case is called changed stays the same.

use super::Prior;
use super::ranks::holm;

/// The number of cases in each family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Families {
    changed: usize,
    others: usize,
}

impl Families {
    /// Counts the cases of each family.
    pub fn new(priors: impl Iterator<Item = Prior>) -> Self {
        let (mut changed, mut others) = (0, 0);
        for prior in priors {
            match prior {
                Prior::Changed => changed += 1,
                Prior::Unchanged | Prior::Unknown => others += 1,
            }
        }
        Self { changed, others }
    }

    /// The largest factor that the p-value of a case is multiplied by.
    pub(super) fn tests(self, prior: Prior) -> usize {
        let size = match prior {
            Prior::Changed => self.changed,
            Prior::Unchanged | Prior::Unknown => self.others,
        };
        size * self.shares()
    }

    /// An empty family needs no share of the error probability.
    fn shares(self) -> usize {
        1 + usize::from(self.changed > 0 && self.others > 0)
    }
}

/// The p-values, each with the prior of its case, corrected for the number of looks and of cases in
/// `families`.
pub(super) fn corrected(raw: &[(f64, Prior)], families: Families, looks: f64) -> Vec<f64> {
    let mut corrected = vec![1.0; raw.len()];
    for is_changed in [true, false] {
        let family = raw.iter().enumerate();
        let family = family.filter(|(_, (_, prior))| (*prior == Prior::Changed) == is_changed);
        let (places, p): (Vec<usize>, Vec<f64>) = family.map(|(at, (p, _))| (at, *p)).unzip();
        let p = holm(&p, looks * families.shares() as f64);
        for (at, p) in places.into_iter().zip(p) {
            corrected[at] = p;
        }
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::Families;
    use crate::analysis::Prior::{self, Changed, Unchanged, Unknown};

    fn corrected(raw: &[(f64, Prior)]) -> Vec<f64> {
        let families = Families::new(raw.iter().map(|(_, prior)| *prior));
        super::corrected(raw, families, 1.0)
    }

    #[test]
    fn a_changed_case_among_many_others_is_corrected_for_its_own_family() {
        let mut raw = vec![(1e-3, Unchanged); 99];
        raw.push((1e-3, Changed));
        let corrected = corrected(&raw);
        assert!((corrected[99] - 2e-3).abs() < 1e-12, "{}", corrected[99]);
        assert!((corrected[0] - 0.198).abs() < 1e-12, "{}", corrected[0]);
    }

    #[test]
    fn a_single_family_has_the_whole_error_probability() {
        for priors in [[Changed, Changed], [Unchanged, Unknown]] {
            let raw = priors.map(|prior| (0.01, prior));
            assert_eq!(corrected(&raw), [0.02, 0.02]);
            assert_eq!(Families::new(priors.into_iter()).tests(priors[0]), 2);
        }
    }

    #[test]
    fn unchanged_cases_are_called_changed_as_rarely_as_without_families() {
        // p-values of unchanged cases are uniform; drawn here by a fixed generator.
        let mut random = fastrand::Rng::with_seed(7);
        let mut wrong = 0;
        for _ in 0..20_000 {
            let raw: Vec<_> = (0..40)
                .map(|case| (random.f64(), if case < 4 { Changed } else { Unchanged }))
                .collect();
            wrong += usize::from(corrected(&raw).iter().any(|p| *p < 0.05));
        }
        assert!(
            (700..1_100).contains(&wrong),
            "{wrong} of 20,000, expected 5 % at most"
        );
    }
}
