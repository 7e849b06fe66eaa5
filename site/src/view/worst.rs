//! The cases to check first: at most five, the worst one first.

use std::cmp::Ordering;

use super::cell;
use super::index::ChangedCase;
use super::snapshot::{MeasuredCase, Snapshot};
use super::source::dated_commit;
use super::status::{self, Status};
use heapmark_model::analysis::change::{Change, CountVerdict};
use heapmark_model::record::Metric;

/// Maximum number of cases. The table lists all of them.
const MOST: usize = 5;

/// The worst cases: first those that retain memory, then those that allocate more, then mixed
/// ones. Cases of the same kind are ordered by relative growth. Intentional leaks are excluded.
pub(super) fn worst(snapshot: &Snapshot<'_>) -> Vec<ChangedCase> {
    let mut cases: Vec<(u8, f64, &MeasuredCase)> = snapshot
        .listed()
        .filter(|case| !case.is_intentional_leak())
        .filter_map(|case| Some((rank(case)?, growth(case.change.as_ref()), case)))
        .collect();
    cases.sort_by(|a, b| a.0.cmp(&b.0).then(most_first(a.1, b.1)));
    let cases = cases.into_iter().take(MOST);
    cases.map(|(_, _, case)| shown(case, snapshot)).collect()
}

fn rank(case: &MeasuredCase<'_>) -> Option<u8> {
    if status::retains_undeclared(case) {
        return Some(0);
    }
    match case.verdict()? {
        CountVerdict::Worse => Some(1),
        CountVerdict::Mixed => Some(2),
        _ => None,
    }
}

fn most_first(left: f64, right: f64) -> Ordering {
    right.total_cmp(&left)
}

/// The largest relative growth of a metric; zero if no metric grew.
fn growth(change: Option<&Change>) -> f64 {
    let averages = change.into_iter().flat_map(Change::averages);
    let judged = averages
        .filter(|(metric, _)| Metric::HEADLINE.contains(metric) && *metric != Metric::Frees);
    let growths = judged.map(|(_, [before, after])| (after - before) / before.abs().max(1.0));
    growths.fold(0.0, f64::max)
}

fn shown(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>) -> ChangedCase {
    let retains = status::retains_undeclared(case);
    let mut case_shown = super::index::shown(case, snapshot);
    if !retains {
        return case_shown;
    }
    case_shown.status = Status::retains(case.entry.get(Metric::Retained));
    let mut moved = case.change.iter().flat_map(Change::moved);
    if !moved.any(|(metric, _)| metric == Metric::Retained) {
        let bytes = case.entry.get(Metric::Retained).unwrap_or_default();
        let bytes = cell::number(Metric::Retained, bytes);
        case_shown
            .differences
            .push(format!("retains {bytes} per iteration"));
        case_shown.commit = since(case, snapshot);
    }
    case_shown
}

/// The first run of the current stretch of runs in which the case retains memory.
fn since(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>) -> String {
    let newest_first = case.columns.steps(Metric::Retained).iter().rev();
    let first = newest_first.take_while(|step| step.value > 0).last();
    let run = first.and_then(|step| snapshot.series.runs.get(step.from as usize));
    run.map_or_else(String::new, |run| dated_commit(&run.commit))
}
