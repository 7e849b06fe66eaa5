//! Applies earlier runs to a later one: a metric that varied in any of them is not exact.
//!
//! A map that grows for 98 % of its hash seeds agrees in most short trials. The store has seen more
//! trials than any single run, so one disagreement in it marks a metric as unstable permanently.

use crate::record::{Entry, Instability, Metric, Run, Spread};

/// Marks metrics of `run` as unstable if they varied in any of the `earlier` runs.
pub fn mark_unstable(run: &mut Run, earlier: &[&Run]) {
    let Run {
        entries,
        commit,
        toolchain,
        allocator,
        suite,
        ..
    } = run;
    for earlier in earlier {
        // A different value with the same code, compiler and dependencies is a disagreement too.
        let same_code = !commit.dirty
            && !earlier.commit.dirty
            && earlier.suite.flags == suite.flags
            && (&earlier.commit.sha, &earlier.toolchain, &earlier.allocator)
                == (&commit.sha, &*toolchain, &*allocator);
        for entry in &mut *entries {
            let before = earlier
                .entries
                .iter()
                .find(|before| before.case.id == entry.case.id);
            if let Some(before) = before {
                mark_entry_unstable(entry, before, same_code);
            }
        }
    }
}

fn mark_entry_unstable(entry: &mut Entry, before: &Entry, same_code: bool) {
    for metric in Metric::ALL {
        let (Some(value), Some(before)) =
            (entry.metrics.get_mut(&metric), before.metrics.get(&metric))
        else {
            continue;
        };
        let (Some(now), Some(then)) = (value.value, before.value) else {
            continue;
        };
        let varied = matches!(
            before.why,
            Some(
                Instability::RepetitionsDiffer
                    | Instability::ProcessesDiffer
                    | Instability::VariedBefore
            )
        );
        if value.exact && (varied || (same_code && now != then)) {
            value.exact = false;
            value.why = Some(Instability::VariedBefore);
            let seen = before.spread.unwrap_or(Spread {
                min: then,
                max: then,
            });
            value.spread = Some(Spread {
                min: seen.min.min(now),
                max: seen.max.max(now),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::mark_unstable;
    use crate::analysis::planted;
    use crate::record::{Instability, Metric, Run, Spread, Value};

    /// A run of one case, on commit `sha`, with this value for bytes.
    fn run(sha: &str, bytes: Value) -> Run {
        let mut run = planted::run(&["a/x"]);
        run.commit.sha = sha.to_owned();
        run.entries[0].metrics.insert(Metric::Bytes, bytes);
        run
    }

    fn bytes(run: &Run) -> &Value {
        &run.entries[0].metrics[&Metric::Bytes]
    }

    #[test]
    fn a_metric_that_varied_in_any_earlier_run_is_not_exact() {
        let varied = Value {
            value: Some(96),
            exact: false,
            spread: Some(Spread { min: 64, max: 96 }),
            why: Some(Instability::RepetitionsDiffer),
            rate: None,
        };
        let mut later = run("b", Value::exact(128));
        mark_unstable(&mut later, &[&run("a", varied)]);
        assert_eq!(bytes(&later).why, Some(Instability::VariedBefore));
        assert_eq!(bytes(&later).spread, Some(Spread { min: 64, max: 128 }));
    }

    #[test]
    fn another_value_of_the_same_code_is_a_disagreement() {
        let mut again = run("a", Value::exact(128));
        mark_unstable(&mut again, &[&run("a", Value::exact(64))]);
        assert!(!bytes(&again).exact);
    }

    #[test]
    fn another_value_of_other_code_is_a_change_and_stays_exact() {
        let mut later = run("b", Value::exact(128));
        mark_unstable(&mut later, &[&run("a", Value::exact(64))]);
        assert!(bytes(&later).exact);
    }
}
