//! Acknowledged regressions: a comparison lists them, but does not count them as worse.
//!
//! An acknowledgement covers one change: one metric of one case, caused by one commit. A
//! comparison that does not include that commit ignores the acknowledgement.

use serde::{Deserialize, Serialize};

use super::Comparison;
use super::change::Change;
use crate::record::Metric;

/// One acknowledgement, as written in `heapmark-acks.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// The id of the case.
    pub case: String,
    /// The metric that got worse.
    pub metric: Metric,
    /// The hash of the commit that caused it, or the first characters of the hash.
    pub commit: String,
    /// Why the regression is acceptable.
    pub reason: String,
    /// Who acknowledges it.
    pub who: String,
}

/// The acknowledgements of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Acknowledgements {
    /// Those that match a regression in the comparison.
    pub used: Vec<Acknowledgement>,
    /// Those whose case or metric was not compared, or did not get worse.
    pub unused: Vec<Acknowledgement>,
}

impl Acknowledgements {
    /// Whether every metric that got worse in `change` is acknowledged; false if none got worse.
    pub fn cover(&self, change: &Change) -> bool {
        let worse = worse_metrics(change);
        let used = |metric: &Metric| {
            let mut used = self.used.iter();
            used.any(|ack| ack.case == change.id && ack.metric == *metric)
        };
        !worse.is_empty() && worse.iter().all(used)
    }
}

/// Matches `all` acknowledgements with the changes of `comparison`, which covers `commits`.
pub fn acknowledge(
    comparison: &mut Comparison,
    all: Vec<Acknowledgement>,
    commits: &[impl AsRef<str>],
) {
    let (used, unused) = all.into_iter().partition(|ack: &Acknowledgement| {
        let mut changes = comparison.changes.iter();
        let mut commits = commits.iter();
        commits.any(|commit| commit.as_ref().starts_with(&ack.commit))
            && changes
                .any(|change| change.id == ack.case && worse_metrics(change).contains(&ack.metric))
    });
    comparison.acknowledgements = Acknowledgements { used, unused };
}

/// The metrics in which the case got worse. As in the verdict, fewer frees count only if no other
/// metric moved.
fn worse_metrics(change: &Change) -> Vec<Metric> {
    let judged = change.moved();
    let judged = judged.filter(|(metric, _)| Metric::HEADLINE.contains(metric));
    let (frees, others): (Vec<_>, Vec<_>) =
        judged.partition(|(metric, _)| *metric == Metric::Frees);
    if others.is_empty() {
        let fewer = frees.into_iter().filter(|(_, rose)| !rose);
        return fewer.map(|(metric, _)| metric).collect();
    }
    let grown = others.into_iter().filter(|(_, rose)| *rose);
    grown.map(|(metric, _)| metric).collect()
}

#[cfg(test)]
mod tests {
    use super::{Acknowledgement, acknowledge};
    use crate::analysis::planted::run;
    use crate::analysis::{Comparison, Kind, compare};
    use crate::record::{Metric, Value};

    const COMMIT: &str = "0123456789abcdef";

    fn worse() -> Comparison {
        let base = run(&["a/x"]);
        let mut head = base.clone();
        for metric in [Metric::Allocs, Metric::Bytes] {
            let value = Value::exact(1_000_000);
            head.entries[0].metrics.insert(metric, value);
        }
        compare(Kind::Revisions, ("base", &base), ("head", &head))
    }

    fn ack(case: &str, metric: Metric, commit: &str) -> Acknowledgement {
        Acknowledgement {
            case: case.to_owned(),
            metric,
            commit: commit.to_owned(),
            reason: "it pays".to_owned(),
            who: "Ann".to_owned(),
        }
    }

    #[test]
    fn a_change_counts_until_all_of_it_is_acknowledged() {
        let mut comparison = worse();
        let allocs = ack("a/x", Metric::Allocs, &COMMIT[..7]);
        acknowledge(&mut comparison, vec![allocs.clone()], &[COMMIT]);
        assert!(comparison.got_worse(), "bytes were not acknowledged");
        let bytes = ack("a/x", Metric::Bytes, COMMIT);
        acknowledge(&mut comparison, vec![allocs, bytes], &[COMMIT]);
        assert!(!comparison.got_worse());
    }

    #[test]
    fn an_acknowledgement_of_another_change_is_not_used() {
        let elsewhere = [
            ack("a/y", Metric::Allocs, COMMIT),
            ack("a/x", Metric::Peak, COMMIT),
            ack("a/x", Metric::Allocs, "fedcba9"),
        ];
        let mut comparison = worse();
        acknowledge(&mut comparison, elsewhere.to_vec(), &[COMMIT]);
        assert_eq!(comparison.acknowledgements.unused, elsewhere);
        assert!(comparison.got_worse());
    }
}
