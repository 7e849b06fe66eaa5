//! What earlier runs know about a later one: a metric that ever varied is not exact.
//!
//! A map that grows in 98 % of its hash seeds agrees in most short trials. The store has seen
//! more trials than any run, so one disagreement in it demotes a metric for good.

use crate::record::{Doubt, Entry, Metric, Run, Spread};

/// Demotes metrics of `run` that varied in `earlier` runs.
pub fn demote(run: &mut Run, earlier: &[&Run]) {
    let Run {
        entries,
        commit,
        toolchain,
        allocator,
        ..
    } = run;
    for earlier in earlier {
        // Another value from the same code, compiler and dependencies is a disagreement too.
        let same_code = !commit.dirty
            && !earlier.commit.dirty
            && (&earlier.commit.sha, &earlier.toolchain, &earlier.allocator)
                == (&commit.sha, &*toolchain, &*allocator);
        for entry in &mut *entries {
            let before = earlier
                .entries
                .iter()
                .find(|before| before.case.id == entry.case.id);
            if let Some(before) = before {
                demote_entry(entry, before, same_code);
            }
        }
    }
}

fn demote_entry(entry: &mut Entry, before: &Entry, same_code: bool) {
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
            Some(Doubt::RepetitionsDiffer | Doubt::ProcessesDiffer | Doubt::VariedBefore)
        );
        if value.exact && (varied || (same_code && now != then)) {
            value.exact = false;
            value.why = Some(Doubt::VariedBefore);
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
    use super::demote;
    use crate::analysis::planted;
    use crate::record::{Doubt, Metric, Run, Spread, Value};

    /// A run of one case, of commit `sha`, that asked for `bytes`.
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
            why: Some(Doubt::RepetitionsDiffer),
            rate: None,
        };
        let mut later = run("b", Value::exact(128));
        demote(&mut later, &[&run("a", varied)]);
        assert_eq!(bytes(&later).why, Some(Doubt::VariedBefore));
        assert_eq!(bytes(&later).spread, Some(Spread { min: 64, max: 128 }));
    }

    #[test]
    fn another_value_of_the_same_code_is_a_disagreement() {
        let mut again = run("a", Value::exact(128));
        demote(&mut again, &[&run("a", Value::exact(64))]);
        assert!(!bytes(&again).exact);
    }

    #[test]
    fn another_value_of_other_code_is_a_change_and_stays_exact() {
        let mut later = run("b", Value::exact(128));
        demote(&mut later, &[&run("a", Value::exact(64))]);
        assert!(bytes(&later).exact);
    }
}
