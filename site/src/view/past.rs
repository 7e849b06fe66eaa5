//! Each change of an exact number in the history of a case, newest first.

use serde::Serialize;

use super::cell;
use super::snapshot::{self, MeasuredCase, Snapshot};
use heapmark_model::format;
use heapmark_model::history::Step;
use heapmark_model::record::Metric;

/// An exact number that changed between two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastChange {
    /// The first characters of the hash of the commit that was measured with the new value.
    pub commit: String,
    /// The first line of its message.
    pub subject: String,
    /// The day that it was committed on.
    pub day: String,
    /// The metric that changed.
    pub metric: &'static str,
    /// Its value before.
    pub before: String,
    /// Its value since.
    pub after: String,
    /// The difference with its sign.
    pub difference: String,
    /// What else changed between the two runs and may be the reason; empty if nothing did.
    pub beside: String,
}

/// Maximum number of changes in the model of a page, which shows the first few. The data files
/// contain all of them.
const MOST: usize = 20;

/// The newest changes, and how many older ones are omitted.
pub(super) fn changes(
    case: &MeasuredCase<'_>,
    snapshot: &Snapshot<'_>,
) -> (Vec<PastChange>, usize) {
    let mut moves: Vec<(Metric, Step, Step)> = Vec::new();
    for metric in Metric::HEADLINE {
        let exact = case.columns.steps(metric).iter().filter(|step| step.exact);
        let exact: Vec<Step> = exact.copied().collect();
        let pairs = exact.windows(2).map(|pair| (metric, pair[0], pair[1]));
        moves.extend(pairs.filter(|(_, before, after)| before.value != after.value));
    }
    // Metrics that changed in the same run stay in the order of their columns.
    moves.sort_by_key(|(_, _, after)| std::cmp::Reverse(after.from));
    let rest = moves.len().saturating_sub(MOST);
    let newest = moves.into_iter().take(MOST);
    let changes = newest.map(|(metric, before, after)| {
        let places = (before.to as usize - 1, after.from as usize);
        past(snapshot, places, metric, (before.value, after.value))
    });
    (changes.collect(), rest)
}

fn past(
    of: &Snapshot<'_>,
    (then, now): (usize, usize),
    metric: Metric,
    (before, after): (i64, i64),
) -> PastChange {
    let runs = &of.series.runs;
    let run = runs[now];
    let obstacles = snapshot::obstacles(runs[then], run);
    let mut beside: Vec<String> = obstacles.iter().map(super::headline::obstacle).collect();
    if now > then + 1 {
        // The change may belong to any of these runs.
        let between = format::plural(now - then - 1, "run");
        beside.push(format!("no exact value in {between} before it"));
    }
    PastChange {
        commit: format::abbreviated(&run.commit.sha),
        subject: run.commit.subject.clone(),
        day: format::day(&run.commit.committed_at).to_owned(),
        metric: cell::heading(metric),
        before: cell::number(metric, before),
        after: cell::number(metric, after),
        difference: cell::signed(metric, after.saturating_sub(before)),
        beside: beside.join("; "),
    }
}
