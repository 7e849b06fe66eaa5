//! The front page: is anything worse?

use serde::Serialize;

use super::Input;
use super::case::moved;
use super::headline::{self, Counts, Tile};
use super::page::{Link, Page};
use super::snapshot::{Base, Case, Presence, Snapshot};
use super::source::{Source, dated, dated_commit};
use super::status::Status;
use super::table::{self, Column, Section};
use super::toolchains;
use super::worst;
use heapmark_model::analysis::change::Verdict;
use heapmark_model::format;

/// The front page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    /// The frame.
    pub page: Page,
    /// The finding in a sentence.
    pub headline: String,
    /// What the finding rests on, in a sentence.
    pub lead: String,
    /// The numbers behind the sentence; absent where nothing was measured.
    pub counts: Option<Counts>,
    /// The four numbers.
    pub tiles: Vec<Tile>,
    /// What the tiles leave out.
    pub asides: Vec<String>,
    /// Where the numbers come from; absent where nothing was measured.
    pub source: Option<Source>,
    /// What a reader must know before trusting the numbers.
    pub notices: Vec<String>,
    /// Cases that could not be counted.
    pub failures: Vec<FailedCase>,
    /// Cases that do not hold what they say they hold true.
    pub broken: Vec<FailedCase>,
    /// At most five cases that need a look first.
    pub worst: Vec<ChangedCase>,
    /// Every other case that changed, worst first.
    pub changed: Vec<ChangedCase>,
    /// The columns of the table of all cases.
    pub columns: Vec<Column>,
    /// How to read that table, in a sentence or two.
    pub reading: String,
    /// All cases by group.
    pub sections: Vec<Section>,
    /// Other machines, allocators and toolchains with records of their own, a sentence each.
    pub other_series: Vec<String>,
    /// What one of these toolchains changes; absent where no commit was measured under two.
    pub toolchains: Option<Link>,
    /// What to do where nothing was measured yet, step by step; empty otherwise.
    pub first_steps: Vec<String>,
}

/// A case that could not be counted, or that broke a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedCase {
    /// The case's id.
    pub id: String,
    /// Its page, if it was ever counted.
    pub href: Option<String>,
    /// What happened.
    pub reason: String,
}

/// A case that changed since the base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedCase {
    /// The case's id.
    pub id: String,
    /// Its page.
    pub href: String,
    /// The verdict.
    pub status: Status,
    /// What changed, a phrase each.
    pub differences: Vec<String>,
    /// The commit and day that it was first seen at, as far as runs tell.
    pub commit: String,
}

impl Index {
    pub(super) fn new(snapshot: &Snapshot<'_>, input: &Input<'_>, footer: &str) -> Self {
        let counts = Counts::of(snapshot);
        let worst = worst::worst(snapshot);
        Self {
            page: Page::new("index.html", "Overview", footer),
            headline: counts.sentence(&snapshot.base),
            lead: lead(&counts, snapshot),
            tiles: counts.tiles(&snapshot.base),
            asides: counts.asides(),
            counts: Some(counts),
            source: Some(Source::of(snapshot.newest)),
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

    /// The front page where nothing was measured yet.
    pub(super) fn empty(input: &Input<'_>, footer: &str) -> Self {
        let steps = [
            "Run `cargo xtask report` in this repository, or `cargo heapmark report` in your own crate.",
            "It builds the suite, counts every case in a process of its own, and stores one record under results/.",
            "Then this page shows the numbers; the second record brings the comparison.",
        ];
        Self {
            page: Page::new("index.html", "Overview", footer),
            headline: "No results yet.".to_owned(),
            lead: "heapmark tells what code does to the heap. One command makes the first record."
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
        all if all == counts.exact => format!("All {} are exact", format::plural(all, "case")),
        all => format!(
            "{} of {} are exact, the rest say why not",
            format::count(counts.exact as i64),
            format::plural(all, "case")
        ),
    };
    let runs = format::plural(snapshot.series.runs.len(), "run");
    match &snapshot.base {
        Base::Run(run) => {
            format!(
                "Compared with {}. {exact}. {runs} in this history.",
                dated(run)
            )
        }
        Base::Nothing => {
            "The next commit that is measured on this machine brings the comparison.".to_owned()
        }
        Base::NotComparable(run, obstacles) => {
            let what: Vec<String> = obstacles.iter().map(headline::obstacle).collect();
            format!(
                "Since {}: {}. {exact}. {runs} in this history.",
                dated(run),
                what.join("; ")
            )
        }
    }
}

/// How to read the table of all cases.
fn reading(snapshot: &Snapshot<'_>) -> String {
    let mut text =
        "Per iteration. A number behind ~ is sampled, every other count is exact.".to_owned();
    if table::is_timed(snapshot) {
        text.push_str(
            " Time is the median over launches, ± its 95 % interval; it gives no verdict here.",
        );
    }
    text
}

fn notices(snapshot: &Snapshot<'_>, input: &Input<'_>) -> Vec<String> {
    let run = snapshot.newest;
    let mut notices = Vec::new();
    if !snapshot.recorded {
        notices.push("This run was not recorded: it is shown here and kept nowhere.".to_owned());
    }
    if run.commit.dirty {
        notices.push(
            "The work tree differed from the commit, so these numbers are of code that no commit holds."
                .to_owned(),
        );
    }
    if let Some(filter) = &run.suite.filter {
        notices.push(format!(
            "This run was of the cases that match `{filter}` only; the others are not judged."
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
            reason: format!("says `{}`, which is not so", claims.join("` and `")),
        })
    });
    broken.collect()
}

/// Every change that is not already among the `worst`.
fn changed(snapshot: &Snapshot<'_>, worst: &[ChangedCase]) -> Vec<ChangedCase> {
    let changed = |case: &&Case<'_>| {
        let verdict = case.verdict();
        verdict.is_some_and(|verdict| verdict != Verdict::Same && verdict != Verdict::Undecided)
    };
    let shown_above = |case: &&Case<'_>| worst.iter().any(|w| w.id == case.entry.case.id);
    let mut cases: Vec<&Case> = snapshot
        .listed()
        .filter(changed)
        .filter(|case| !shown_above(case))
        .collect();
    cases.sort_by_key(|case| (case.is_demonstration(), case.verdict().map(urgency)));
    let cases = cases.into_iter();
    cases.map(|case| shown(case, snapshot)).collect()
}

/// A case with what changed about it, and with which commit.
pub(super) fn shown(case: &Case<'_>, snapshot: &Snapshot<'_>) -> ChangedCase {
    let differences = case.change.iter().flat_map(moved);
    ChangedCase {
        id: case.entry.case.id.clone(),
        href: case.path.clone(),
        status: Status::of(case, snapshot),
        differences: differences.collect(),
        commit: dated(snapshot.newest),
    }
}

/// The order of a list of changes: what needs a decision comes first.
fn urgency(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Worse => 0,
        Verdict::Mixed => 1,
        Verdict::Better => 2,
        Verdict::Added => 3,
        Verdict::Removed => 4,
        Verdict::Same | Verdict::Undecided => 5,
    }
}

fn others(snapshot: &Snapshot<'_>) -> Vec<String> {
    let sentences = snapshot.others.iter().filter_map(|series| {
        let last = series.runs.last()?;
        Some(format!(
            "{}: {}, the newest of {}",
            series.key.words(),
            format::plural(series.runs.len(), "run"),
            dated_commit(&last.commit)
        ))
    });
    sentences.collect()
}
