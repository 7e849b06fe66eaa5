//! What another toolchain changes: a comparison of runs of one commit under two toolchains.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cell;
use super::page::{Link, Page};
use super::series::Series;
use super::snapshot::Snapshot;
use heapmark_model::analysis::change::{CountVerdict, changes};
use heapmark_model::format;
use heapmark_model::history::History;
use heapmark_model::record::Run;

const PATH: &str = "toolchains.html";

/// The page about toolchains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolchainPage {
    /// The frame.
    pub page: Page,
    /// A section for each other toolchain that has a run of the same commit.
    pub sections: Vec<ToolchainSection>,
}

/// Two toolchains on one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolchainSection {
    /// The other toolchain, as in `1.97.0-nightly`.
    pub name: String,
    /// What it changes, in a sentence.
    pub finding: String,
    /// What was compared.
    pub note: String,
    /// Both versions, that of the history first.
    pub columns: [String; 2],
    /// Every exact number that differs.
    pub rows: Vec<ToolchainRow>,
}

/// An exact number that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolchainRow {
    /// The case.
    pub case: Link,
    /// The metric.
    pub metric: &'static str,
    /// Under the toolchain of the history.
    pub before: String,
    /// Under the other.
    pub after: String,
    /// The difference with its sign.
    pub difference: String,
}

/// The newest pair of records of one commit in `shown` and in each series that differs from it
/// only in its toolchain.
pub(super) fn pairs(shown: &Series<'_>, others: &[Series<'_>]) -> Vec<(usize, usize)> {
    let others = others
        .iter()
        .filter(|other| shown.key.differs_in_channel(&other.key));
    let pair = |other: &Series<'_>| {
        let mut newest = other.runs.iter().zip(&other.records).rev();
        newest.find_map(|(run, &record)| {
            let mut own = shown.runs.iter().zip(&shown.records).rev();
            let (_, &base) = own.find(|(own, _)| !own.commit.dirty && own.commit == run.commit)?;
            Some((base, record))
        })
    };
    others.filter_map(pair).collect()
}

/// The link to the page, if there is one.
pub(super) fn link(snapshot: &Snapshot<'_>) -> Option<Link> {
    let pairs = pairs(&snapshot.series, &snapshot.others);
    (!pairs.is_empty()).then(|| Link::new("What another toolchain changes", PATH))
}

/// The page; `None` if no commit was measured under two toolchains.
pub(super) fn page(
    snapshot: &Snapshot<'_>,
    history: &History,
    footer: &str,
) -> Option<ToolchainPage> {
    let pairs = pairs(&snapshot.series, &snapshot.others).into_iter();
    let sections: Vec<ToolchainSection> = pairs
        .filter_map(|(base, other)| {
            Some(section(
                history.whole(base)?,
                history.whole(other)?,
                snapshot,
            ))
        })
        .collect();
    (!sections.is_empty()).then(|| ToolchainPage {
        page: Page::new(PATH, "Toolchains", footer)
            .below(vec![Link::new("Overview", "index.html")]),
        sections,
    })
}

fn section(base: &Run, other: &Run, snapshot: &Snapshot<'_>) -> ToolchainSection {
    let paths: BTreeMap<&str, &str> = snapshot
        .cases
        .iter()
        .map(|case| (case.entry.case.id.as_str(), case.path.as_str()))
        .collect();
    let changes = changes(base, other);
    // Cases that only one run has, or that vary, cannot be compared.
    let both = changes.iter().filter(|change| {
        let is_exact = change.unjudged.is_empty() && change.ranges.is_empty();
        is_exact && !matches!(change.verdict, CountVerdict::Added | CountVerdict::Removed)
    });
    let both: Vec<_> = both.collect();
    let changed = both.iter().filter(|change| !change.differences.is_empty());
    let (name, stable) = (&other.toolchain.rustc, &base.toolchain.rustc);
    let all = format::plural(both.len(), "case");
    let finding = match changed.count() {
        0 => format!("Under {name}, the exact counts of {all} are the same as under {stable}."),
        some => format!(
            "Under {name}, {some} of {all} {} exact counts that differ from those under {stable}.",
            if some == 1 { "has" } else { "have" }
        ),
    };
    let rows = both.iter().flat_map(|change| {
        let path = paths
            .get(change.id.as_str())
            .copied()
            .unwrap_or("index.html");
        change
            .differences
            .iter()
            .map(move |difference| ToolchainRow {
                case: Link::new(&change.id, path),
                metric: cell::heading(difference.metric),
                before: cell::number(difference.metric, difference.before),
                after: cell::number(difference.metric, difference.after),
                difference: cell::signed(
                    difference.metric,
                    difference.after.saturating_sub(difference.before),
                ),
            })
    });
    ToolchainSection {
        finding,
        note: format!(
            "Exact counts of commit {}, measured {}. Times are not compared, because the runs were not interleaved.",
            format::abbreviated(&base.commit.sha),
            days(base, other)
        ),
        columns: [stable.clone(), name.clone()],
        rows: rows.collect(),
        name: name.clone(),
    }
}

/// The days of both measurements, or the day if they are equal.
fn days(base: &Run, other: &Run) -> String {
    let (one, two) = (
        format::day(&base.measured_at),
        format::day(&other.measured_at),
    );
    if one == two {
        one.to_owned()
    } else {
        format!("{one} and {two}")
    }
}
