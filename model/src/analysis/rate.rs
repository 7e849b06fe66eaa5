//! Ranges of the metrics that vary, over many iterations in many processes.

use crate::record::{CHECKPOINTS, Entry, Instability, Metric, Rate, RateRange, Totals, Value};

/// The minimum number of processes for a range that can be compared.
const FEWEST: u32 = 10;

/// Sets the rate of each metric of `entry` that varies. A metric that seemed exact also varies if
/// the sum of any process differs from the number of iterations times its value.
pub fn rate(entry: &mut Entry, processes: &[Vec<Totals>]) {
    for (metric, value) in &mut entry.metrics {
        let ranges: Vec<RateRange> = CHECKPOINTS
            .into_iter()
            .map_while(|iterations| range(*metric, iterations, processes))
            .collect();
        let is_multiple = |range: &RateRange| {
            let expected = value
                .value
                .map(|one| one.saturating_mul(range.iterations.into()));
            Some(range.min) == expected && Some(range.max) == expected
        };
        if ranges.is_empty() || value.exact && ranges.iter().all(is_multiple) {
            continue;
        }
        value.exact = false;
        value.why = value.why.or(Some(Instability::RepetitionsDiffer));
        value.rate = Some(Rate {
            processes: u32::try_from(processes.len()).unwrap_or(u32::MAX),
            ranges,
        });
    }
}

/// The range of the sums of all processes after `iterations`; `None` if any process did not get
/// that far.
fn range(metric: Metric, iterations: u32, processes: &[Vec<Totals>]) -> Option<RateRange> {
    let sums: Option<Vec<i64>> = processes
        .iter()
        .map(|process| {
            let reached = process
                .iter()
                .find(|totals| totals.iterations == iterations);
            reached?.sums.get(&metric).copied()
        })
        .collect();
    let sums = sums?;
    Some(RateRange {
        iterations,
        min: *sums.iter().min()?,
        max: *sums.iter().max()?,
    })
}

/// The ranges of both sides after the same number of iterations: the highest that both reached.
/// `None` if a side was not measured in enough processes. For an exact side, the range is its value
/// times the iterations.
pub(super) fn ranges(before: &Value, after: &Value) -> Option<(RateRange, RateRange)> {
    CHECKPOINTS
        .into_iter()
        .rev()
        .find_map(|iterations| Some((range_of(before, iterations)?, range_of(after, iterations)?)))
}

fn range_of(value: &Value, iterations: u32) -> Option<RateRange> {
    if value.exact {
        let sum = value.value?.saturating_mul(iterations.into());
        return Some(RateRange {
            iterations,
            min: sum,
            max: sum,
        });
    }
    let rate = value
        .rate
        .as_ref()
        .filter(|rate| rate.processes >= FEWEST)?;
    let mut ranges = rate.ranges.iter();
    ranges.find(|range| range.iterations == iterations).copied()
}

#[cfg(test)]
mod tests {
    use super::{ranges, rate};
    use crate::analysis::planted::entry;
    use crate::record::{Entry, Metric, RateRange, Totals, Value};

    /// The totals of a process that allocates one block per iteration, and one more in every
    /// `period` iterations.
    fn process(period: i64) -> Vec<Totals> {
        let totals = [1_i64, 10, 100, 1_000].map(|iterations| Totals {
            iterations: iterations as u32,
            sums: [(Metric::Allocs, iterations + iterations / period)].into(),
        });
        totals.into()
    }

    fn rated(processes: &[Vec<Totals>]) -> Entry {
        let mut entry = entry("a/x");
        entry.metrics.insert(Metric::Allocs, Value::exact(1));
        rate(&mut entry, processes);
        entry
    }

    #[test]
    fn what_grows_once_in_many_iterations_is_not_exact_and_has_a_rate() {
        let value = rated(&vec![process(100); 10]).metrics[&Metric::Allocs].clone();
        assert!(!value.exact);
        let rate = value.rate.unwrap();
        assert_eq!(rate.ranges.last().unwrap().per_iteration(), (1.01, 1.01));
    }

    #[test]
    fn what_adds_up_to_its_value_each_time_stays_exact() {
        let entry = rated(&vec![process(i64::MAX); 10]);
        assert!(entry.is_exact());
    }

    #[test]
    fn a_process_that_did_not_get_far_shortens_the_ranges() {
        let mut processes = vec![process(10); 10];
        processes[3].truncate(2);
        let value = rated(&processes).metrics[&Metric::Allocs].clone();
        let (one, two) = ranges(&value, &Value::exact(1)).unwrap();
        let range = |min| RateRange {
            iterations: 10,
            min,
            max: min,
        };
        assert_eq!((one, two), (range(11), range(10)));
    }

    #[test]
    fn few_processes_have_no_range() {
        let value = rated(&vec![process(10); 9]).metrics[&Metric::Allocs].clone();
        assert_eq!(ranges(&value, &Value::exact(1)), None);
    }
}
