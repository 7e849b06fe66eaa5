//! Changes for the worse that somebody has taken on purpose: they are shown and do not count.
//!
//! An acknowledgement speaks of one change: one metric of one case, by one commit. A comparison
//! that does not hold that commit is about another change, and is judged without it.

use serde::{Deserialize, Serialize};

use super::Comparison;
use super::change::Change;
use crate::record::Metric;

/// What somebody says of a change, as `heapmark-acks.toml` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// The id of the case.
    pub case: String,
    /// The metric that got worse.
    pub metric: Metric,
    /// The hash of the commit that made it so, or its beginning.
    pub commit: String,
    /// Why that is right.
    pub reason: String,
    /// Who says so.
    pub who: String,
}

/// The acknowledgements of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Acknowledgements {
    /// Those that a change was found for.
    pub used: Vec<Acknowledgement>,
    /// Those that speak of nothing that was compared, or that did not get worse.
    pub unused: Vec<Acknowledgement>,
}

impl Acknowledgements {
    /// Whether everything that got worse in `change` was acknowledged; false where nothing did.
    pub fn cover(&self, change: &Change) -> bool {
        let worse = worse_metrics(change);
        let used = |metric: &Metric| {
            let mut used = self.used.iter();
            used.any(|ack| ack.case == change.id && ack.metric == *metric)
        };
        !worse.is_empty() && worse.iter().all(used)
    }
}

/// Puts `all` beside `comparison`, which goes over `commits`.
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

/// The metrics in which the case got worse, as it is judged: fewer frees count where nothing else
/// moved.
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
    fn what_speaks_of_another_change_is_not_used() {
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
