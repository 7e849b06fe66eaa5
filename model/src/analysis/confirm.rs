//! Combines the counts of a case with those of further processes that measured it again.

use crate::record::{Entry, Instability, Spread, Value};

/// Marks a metric of `entry` as unstable if `again`, the same case in other processes, has another
/// value or is not exact. As within a run, one disagreement is enough.
pub fn confirm(entry: &mut Entry, again: &Entry) {
    for (metric, value) in &mut entry.metrics {
        if let Some(other) = again.metrics.get(metric) {
            confirm_value(value, other);
        }
    }
    super::sizes::confirm(entry, again);
    entry.other_threads |= again.other_threads;
}

fn confirm_value(value: &mut Value, other: &Value) {
    if value.exact && other.exact && value.value == other.value {
        return;
    }
    let range = |value: &Value| {
        let one = value.value.map(|value| Spread {
            min: value,
            max: value,
        });
        value.spread.or(one)
    };
    let spread = match (range(value), range(other)) {
        (Some(one), Some(two)) => Some(Spread {
            min: one.min.min(two.min),
            max: one.max.max(two.max),
        }),
        (one, two) => one.or(two),
    };
    value.exact = false;
    value.spread = spread.filter(|spread| spread.min != spread.max);
    value.why = value
        .why
        .or(other.why)
        .or(Some(Instability::ProcessesDiffer));
}

#[cfg(test)]
mod tests {
    use super::confirm;
    use crate::analysis::planted::entry;
    use crate::record::{Instability, Metric, Spread, Value};

    #[test]
    fn processes_that_agree_leave_a_case_as_it_was() {
        let mut case = entry("a/x");
        confirm(&mut case, &entry("a/x"));
        assert_eq!(case, entry("a/x"));
    }

    #[test]
    fn one_disagreement_marks_one_metric_unstable() {
        let (mut case, mut again) = (entry("a/x"), entry("a/x"));
        again.metrics.insert(Metric::Bytes, Value::exact(96));
        confirm(&mut case, &again);
        let bytes = &case.metrics[&Metric::Bytes];
        assert!(!bytes.exact);
        assert_eq!(bytes.why, Some(Instability::ProcessesDiffer));
        assert_eq!(bytes.spread, Some(Spread { min: 64, max: 96 }));
        assert!(case.metrics[&Metric::Allocs].exact);
    }

    #[test]
    fn instability_of_the_further_processes_is_instability() {
        let (mut case, mut again) = (entry("a/x"), entry("a/x"));
        let unsure = Value {
            exact: false,
            why: Some(Instability::RepetitionsDiffer),
            ..Value::exact(64)
        };
        again.metrics.insert(Metric::Bytes, unsure);
        confirm(&mut case, &again);
        let bytes = &case.metrics[&Metric::Bytes];
        assert_eq!(
            (bytes.exact, bytes.why),
            (false, Some(Instability::RepetitionsDiffer))
        );
    }
}
