//! Puts what further processes have found beside what the first ones said of a case.

use crate::record::{Doubt, Entry, Spread, Value};

/// Demotes every metric of `entry` on which `again`, the same case in other processes, disagrees
/// or is unsure: one disagreement is enough, as within a run.
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
    value.why = value.why.or(other.why).or(Some(Doubt::ProcessesDiffer));
}

#[cfg(test)]
mod tests {
    use super::confirm;
    use crate::analysis::planted::entry;
    use crate::record::{Doubt, Metric, Spread, Value};

    #[test]
    fn processes_that_agree_leave_a_case_as_it_was() {
        let mut case = entry("a/x");
        confirm(&mut case, &entry("a/x"));
        assert_eq!(case, entry("a/x"));
    }

    #[test]
    fn one_disagreement_demotes_the_metric_and_no_other() {
        let (mut case, mut again) = (entry("a/x"), entry("a/x"));
        again.metrics.insert(Metric::Bytes, Value::exact(96));
        confirm(&mut case, &again);
        let bytes = &case.metrics[&Metric::Bytes];
        assert!(!bytes.exact);
        assert_eq!(bytes.why, Some(Doubt::ProcessesDiffer));
        assert_eq!(bytes.spread, Some(Spread { min: 64, max: 96 }));
        assert!(case.metrics[&Metric::Allocs].exact);
    }

    #[test]
    fn doubt_of_the_further_processes_is_doubt() {
        let (mut case, mut again) = (entry("a/x"), entry("a/x"));
        let unsure = Value {
            exact: false,
            why: Some(Doubt::RepetitionsDiffer),
            ..Value::exact(64)
        };
        again.metrics.insert(Metric::Bytes, unsure);
        confirm(&mut case, &again);
        let bytes = &case.metrics[&Metric::Bytes];
        assert_eq!(
            (bytes.exact, bytes.why),
            (false, Some(Doubt::RepetitionsDiffer))
        );
    }
}
