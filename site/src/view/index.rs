//! The front page: what got worse since the base.

use serde::Serialize;

use super::Input;
use super::case::moved;
use super::headline::{self, Counts, Tile};
use super::page::{Link, Page};
use super::snapshot::{Base, MeasuredCase, Presence, Snapshot};
use super::source::{Source, dated, dated_commit};
use super::status::Status;
use super::table::{self, Column, Section};
use super::toolchains;
use super::worst;
use heapmark_model::analysis::change::CountVerdict;
use heapmark_model::format;

/// The front page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    /// The frame.
    pub page: Page,
    /// The finding in a sentence.
    pub headline: String,
    /// What the finding is based on, in a sentence.
    pub lead: String,
    /// The numbers of the headline; absent if nothing was measured.
    pub counts: Option<Counts>,
    /// The four numbers.
    pub tiles: Vec<Tile>,
    /// Counts that have no tile.
    pub asides: Vec<String>,
    /// The run that the numbers are from; absent if nothing was measured.
    pub source: Option<Source>,
    /// What a reader must know to interpret the numbers.
    pub notices: Vec<String>,
    /// Cases that could not be counted.
    pub failures: Vec<FailedCase>,
    /// Cases with an assertion that fails.
    pub broken: Vec<FailedCase>,
    /// The cases to check first, at most five.
    pub worst: Vec<ChangedCase>,
    /// Every other case that changed, worst first.
    pub changed: Vec<ChangedCase>,
    /// The columns of the table of all cases.
    pub columns: Vec<Column>,
    /// How to read that table, in a sentence or two.
    pub reading: String,
    /// All cases by group.
    pub sections: Vec<Section>,
    /// The histories of other machines, allocators and toolchains, a sentence each.
    pub other_series: Vec<String>,
    /// What one of these toolchains changes; absent if no commit was measured under two.
    pub toolchains: Option<Link>,
    /// How to make the first record, step by step; empty if there is one.
    pub first_steps: Vec<String>,
}

/// A case that could not be counted, or an assertion of which fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedCase {
    /// The case's id.
    pub id: String,
    /// The address of its page, if it was ever counted.
    pub href: Option<String>,
    /// What happened.
    pub reason: String,
}

/// A case that changed since the base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedCase {
    /// The case's id.
    pub id: String,
    /// The address of its page.
    pub href: String,
    /// The verdict.
    pub status: Status,
    /// What changed, a phrase each.
    pub differences: Vec<String>,
    /// Commit and day of the first run that shows the change.
    pub commit: String,
}

impl Index {
    pub(super) fn new(snapshot: &Snapshot<'_>, input: &Input<'_>, footer: &str) -> Self {
        let counts = Counts::from_snapshot(snapshot);
        let worst = worst::worst(snapshot);
        Self {
            page: Page::new("index.html", "Overview", footer),
            headline: counts.sentence(&snapshot.base),
            lead: lead(&counts, snapshot),
            tiles: counts.tiles(&snapshot.base),
            asides: counts.asides(),
            counts: Some(counts),
            source: Some(Source::from_run(snapshot.newest)),
            notices: notices(snapshot, input),
            failures: failures(snapshot),
            broken: broken(snapshot),
            changed: changed(snapshot, &worst),
            worst,
            columns: table::columns(snapshot),
            reading: reading(snapshot),
            sections: table::by_group(snapshot),
            other_series: others(snapshot),
            toolchains: toolchains::link(snapshot),
            first_steps: Vec::new(),
        }
    }

    /// The front page before the first measurement.
    pub(super) fn empty(input: &Input<'_>, footer: &str) -> Self {
        let steps = [
            "Run `cargo heapmark report` to record a run.",
            "The command builds the suite, counts every case in separate processes, and stores one record under `results/`.",
            "This page then shows the numbers. From the second record on, it also shows what changed.",
        ];
        Self {
            page: Page::new("index.html", "Overview", footer),
            headline: "No results yet.".to_owned(),
            lead: "heapmark counts the heap allocations of benchmarks. One command makes the first record."
                .to_owned(),
            counts: None,
            tiles: Vec::new(),
            asides: Vec::new(),
            source: None,
            notices: input.skipped.to_vec(),
            failures: Vec::new(),
            broken: Vec::new(),
            worst: Vec::new(),
            changed: Vec::new(),
            columns: Vec::new(),
            reading: String::new(),
            sections: Vec::new(),
            other_series: Vec::new(),
            toolchains: None,
            first_steps: steps.map(str::to_owned).to_vec(),
        }
    }
}

fn lead(counts: &Counts, snapshot: &Snapshot<'_>) -> String {
    let exact = match counts.cases {
        0 => "No case was counted".to_owned(),
        1 if counts.exact == 1 => "The only case is exact".to_owned(),
        1 => "The only case varies; its page states why".to_owned(),
        all if all == counts.exact => format!("All {} are exact", format::plural(all, "case")),
        all => {
            let others = match all.saturating_sub(counts.exact) {
                1 => "1 varies, and its page states why".to_owned(),
                many => format!(
                    "{} vary, and their pages state why",
                    format::count(many as i64)
                ),
            };
            format!(
                "Counts are exact in {} of {}; {others}",
                format::count(counts.exact as i64),
                format::plural(all, "case")
            )
        }
    };
    let runs = format::plural(snapshot.series.runs.len(), "run");
    match &snapshot.base {
        Base::Run(run) => {
            format!(
                "Compared with {}. {exact}. This history has {runs}.",
                dated(run)
            )
        }
        Base::Nothing => {
            "This is the first run. The next commit that is measured on this machine is compared with it."
                .to_owned()
        }
        Base::NotComparable(run, obstacles) => {
            let what: Vec<String> = obstacles.iter().map(headline::obstacle).collect();
            format!(
                "Not comparable with {}: {}. {exact}. This history has {runs}.",
                dated(run),
                what.join("; ")
            )
        }
    }
}

/// How to read the table of all cases.
fn reading(snapshot: &Snapshot<'_>) -> String {
    let mut text =
        "All numbers are per iteration. ~ marks a count that varies between repetitions; all other counts are exact."
            .to_owned();
    if table::is_timed(snapshot) {
        text.push_str(
            " Time is the median over launches (new processes) with its 95 % interval. Times are not judged on this page; run `cargo heapmark compare`.",
        );
    }
    text
}

fn notices(snapshot: &Snapshot<'_>, input: &Input<'_>) -> Vec<String> {
    let run = snapshot.newest;
    let mut notices = Vec::new();
    if !snapshot.recorded {
        notices.push("This run was not recorded. Only these pages show it.".to_owned());
    }
    if run.commit.dirty {
        notices.push(
            "The work tree had uncommitted changes, so these numbers are not those of the commit."
                .to_owned(),
        );
    }
    if let Some(filter) = &run.suite.filter {
        notices.push(format!(
            "This run measured only the cases that match `{filter}`. The others are not judged."
        ));
    }
    notices.extend(input.skipped.iter().cloned());
    notices
}

fn failures(snapshot: &Snapshot<'_>) -> Vec<FailedCase> {
    let failures = snapshot.newest.failures.iter().map(|failure| FailedCase {
        id: failure.id.clone(),
        href: snapshot.case(&failure.id).map(|case| case.path.clone()),
        reason: failure.reason.clone(),
    });
    failures.collect()
}

fn broken(snapshot: &Snapshot<'_>) -> Vec<FailedCase> {
    let counted = snapshot
        .listed()
        .filter(|case| case.presence == Presence::Counted);
    let broken = counted.filter_map(|case| {
        let unmet = case.entry.expected.iter().filter(|claim| !claim.met);
        let claims: Vec<&str> = unmet.map(|claim| claim.claim.as_str()).collect();
        (!claims.is_empty()).then(|| FailedCase {
            id: case.entry.case.id.clone(),
            href: Some(case.path.clone()),
            reason: format!("asserts `{}`, which does not hold", claims.join("` and `")),
        })
    });
    broken.collect()
}

/// Every change that is not already among the `worst`.
fn changed(snapshot: &Snapshot<'_>, worst: &[ChangedCase]) -> Vec<ChangedCase> {
    let changed = |case: &&MeasuredCase<'_>| {
        let verdict = case.verdict();
        verdict.is_some_and(|verdict| {
            verdict != CountVerdict::Same && verdict != CountVerdict::Undecided
        })
    };
    let shown_above = |case: &&MeasuredCase<'_>| worst.iter().any(|w| w.id == case.entry.case.id);
    let mut cases: Vec<&MeasuredCase> = snapshot
        .listed()
        .filter(changed)
        .filter(|case| !shown_above(case))
        .collect();
    cases.sort_by_key(|case| (case.is_intentional_leak(), case.verdict().map(urgency)));
    let cases = cases.into_iter();
    cases.map(|case| shown(case, snapshot)).collect()
}

/// A case with its changes, and the commit that they were measured at.
pub(super) fn shown(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>) -> ChangedCase {
    let differences = case.change.iter().flat_map(moved);
    ChangedCase {
        id: case.entry.case.id.clone(),
        href: case.path.clone(),
        status: Status::from_case(case, snapshot),
        differences: differences.collect(),
        commit: dated(snapshot.newest),
    }
}

/// The position of a verdict in a list of changes: those that need a decision come first.
fn urgency(verdict: CountVerdict) -> u8 {
    match verdict {
        CountVerdict::Worse => 0,
        CountVerdict::Mixed => 1,
        CountVerdict::Better => 2,
        CountVerdict::Added => 3,
        CountVerdict::Removed => 4,
        CountVerdict::Same | CountVerdict::Undecided => 5,
    }
}

fn others(snapshot: &Snapshot<'_>) -> Vec<String> {
    let sentences = snapshot.others.iter().filter_map(|series| {
        let last = series.runs.last()?;
        Some(format!(
            "{}: {}, newest {}",
            series.key.words(),
            format::plural(series.runs.len(), "run"),
            dated_commit(&last.commit)
        ))
    });
    sentences.collect()
}
