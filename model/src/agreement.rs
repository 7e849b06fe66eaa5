//! Decides which metrics of a case are exact: those with the same value in every repetition of
//! every process.
//!
//! Agreement is evidence, not proof: a map that grows for 98 % of its hash seeds agrees in most
//! short trials. Therefore one disagreement in any run marks a metric as unstable; see
//! `analysis::history`.

use std::collections::BTreeMap;

use crate::record::{Instability, Metric, Observation, Spread, Value};

/// Judges every metric over the observations of each process.
pub fn agreement(processes: &[Vec<Observation>]) -> BTreeMap<Metric, Value> {
    let metrics = Metric::ALL.into_iter();
    metrics
        .map(|metric| (metric, judge(metric, processes)))
        .collect()
}

fn judge(metric: Metric, processes: &[Vec<Observation>]) -> Value {
    let all = || processes.iter().flatten();
    let known: Option<Vec<i64>> = all().map(|observation| observation.get(metric)).collect();
    let Some(mut values) = known.filter(|values| !values.is_empty()) else {
        return Value {
            value: None,
            exact: false,
            spread: None,
            why: Some(Instability::OtherThreads),
            rate: None,
        };
    };
    values.sort_unstable();
    let (min, max) = (values[0], values[values.len() - 1]);
    let differs = min != max;
    let with_control = all().all(|observation| observation.control_agrees);
    let why = if with_control && !differs {
        None
    } else if all().any(|observation| observation.foreign_events > 0) {
        // An event of another thread may happen between the readings of the two counters.
        Some(Instability::OtherThreads)
    } else if !with_control {
        Some(Instability::ControlDisagrees)
    } else if processes.iter().any(|process| differ(metric, process)) {
        Some(Instability::RepetitionsDiffer)
    } else {
        Some(Instability::ProcessesDiffer)
    };
    Value {
        value: Some(values[values.len() / 2]),
        exact: why.is_none(),
        spread: differs.then_some(Spread { min, max }),
        why,
        rate: None,
    }
}

fn differ(metric: Metric, process: &[Observation]) -> bool {
    let mut values = process.iter().map(|observation| observation.get(metric));
    let first = values.next();
    values.any(|value| Some(value) != first)
}

#[cfg(test)]
mod tests {
    use super::agreement;
    use crate::record::{Counts, Instability, Metric, Observation, Spread};

    fn allocs(allocs: u64) -> Observation {
        Observation {
            routine: Counts {
                allocs,
                ..Counts::default()
            },
            peak: Some(0),
            control_agrees: true,
            ..Observation::default()
        }
    }

    #[test]
    fn what_all_repetitions_agree_on_is_exact() {
        let judged = agreement(&[vec![allocs(3), allocs(3)], vec![allocs(3)]]);
        assert_eq!(judged[&Metric::Allocs].value, Some(3));
        assert!(judged.values().all(|value| value.exact));
    }

    #[test]
    fn one_deviating_repetition_marks_one_metric_unstable() {
        let judged = agreement(&[vec![allocs(3), allocs(4)], vec![allocs(3), allocs(3)]]);
        let value = &judged[&Metric::Allocs];
        assert_eq!(value.why, Some(Instability::RepetitionsDiffer));
        assert_eq!(value.spread, Some(Spread { min: 3, max: 4 }));
        assert!(judged[&Metric::Bytes].exact);
    }

    #[test]
    fn processes_that_are_steady_but_differ_are_named() {
        let judged = agreement(&[vec![allocs(3), allocs(3)], vec![allocs(4), allocs(4)]]);
        assert_eq!(
            judged[&Metric::Allocs].why,
            Some(Instability::ProcessesDiffer)
        );
    }

    #[test]
    fn a_control_counter_that_disagrees_leaves_nothing_exact() {
        let lied = Observation {
            control_agrees: false,
            ..allocs(3)
        };
        let judged = agreement(&[vec![allocs(3), lied]]);
        assert!(judged.values().all(|value| !value.exact));
    }

    #[test]
    fn an_unknown_peak_is_null_with_a_reason() {
        let threaded = Observation {
            peak: None,
            foreign_events: 2,
            ..allocs(3)
        };
        let judged = agreement(&[vec![threaded.clone(), threaded]]);
        let peak = &judged[&Metric::Peak];
        assert_eq!(
            (peak.value, peak.exact, peak.why),
            (None, false, Some(Instability::OtherThreads))
        );
        assert!(judged[&Metric::Allocs].exact);
    }
}
