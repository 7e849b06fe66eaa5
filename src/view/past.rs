//! What became of a case over its history: each change of an exact number, newest first.

use serde::Serialize;

use super::cell;
use super::snapshot::{Case, Snapshot};
use crate::analysis::change;
use crate::format;
use crate::record::{Entry, Metric};

/// One exact number that moved from one run to a later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastChange {
    /// The first characters of the hash of the commit that was measured with the new value.
    pub commit: String,
    /// The first line of its message.
    pub subject: String,
    /// The day that it was committed on.
    pub day: String,
    /// What moved.
    pub metric: &'static str,
    /// Its value before.
    pub before: String,
    /// Its value since.
    pub after: String,
    /// The difference with its sign.
    pub difference: String,
    /// What else changed between the two runs and may be the reason; empty where nothing did.
    pub beside: String,
}

/// Changes that a page shows; the data files hold them all.
const MOST: usize = 20;

/// The newest changes, and how many older ones are left out.
pub(super) fn changes(case: &Case<'_>, snapshot: &Snapshot<'_>) -> (Vec<PastChange>, usize) {
    let mut changes = Vec::new();
    let mut all = 0;
    for (index, &(position, entry)) in case.history.iter().enumerate().rev() {
        for metric in Metric::HEADLINE {
            let Some(after) = exact(entry, metric) else {
                continue;
            };
            let earlier = case.history[..index].iter().rev();
            let Some((then, before)) = earlier
                .clone()
                .find_map(|&(then, earlier)| Some((then, exact(earlier, metric)?)))
            else {
                continue;
            };
            if before == after {
                continue;
            }
            all += 1;
            if changes.len() < MOST {
                changes.push(past(snapshot, (then, position), metric, (before, after)));
            }
        }
    }
    let rest = all - changes.len();
    (changes, rest)
}

fn exact(entry: &Entry, metric: Metric) -> Option<i64> {
    let value = entry.metrics.get(&metric)?;
    value.value.filter(|_| value.exact)
}

fn past(
    snapshot: &Snapshot<'_>,
    (then, now): (usize, usize),
    metric: Metric,
    (before, after): (i64, i64),
) -> PastChange {
    let runs = &snapshot.series.runs;
    let run = runs[now];
    let obstacles = change::obstacles(runs[then], run);
    let beside: Vec<String> = obstacles.iter().map(super::headline::obstacle).collect();
    PastChange {
        commit: run.commit.sha.chars().take(7).collect(),
        subject: run.commit.subject.clone(),
        day: format::day(&run.commit.committed_at).to_owned(),
        metric: cell::heading(metric),
        before: cell::number(metric, before),
        after: cell::number(metric, after),
        difference: cell::signed(metric, after.saturating_sub(before)),
        beside: beside.join("; "),
    }
}
