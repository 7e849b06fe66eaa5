//! What is true of every case as of the newest run: the one place that all pages ask.

use std::collections::BTreeMap;

use super::series::{self, Series};
use super::{Input, page};
use crate::analysis::change::{self, Change, Obstacle, Verdict};
use crate::record::{Entry, Run};

/// The newest series, its newest run, and what became of each case in it.
pub(super) struct Snapshot<'a> {
    pub(super) series: Series<'a>,
    pub(super) others: Vec<Series<'a>>,
    pub(super) newest: &'a Run,
    pub(super) recorded: bool,
    pub(super) base: Base<'a>,
    /// Every case of the series in report order; those that are gone come last.
    pub(super) cases: Vec<Case<'a>>,
}

/// What the newest run is held against.
pub(super) enum Base<'a> {
    /// Nothing was measured before.
    Nothing,
    /// The latest earlier run whose counts mean the same.
    Run(&'a Run),
    /// Earlier runs exist, none of them comparable: the latest, and what differs.
    NotComparable(&'a Run, Vec<Obstacle>),
}

/// A case with its latest numbers.
pub(super) struct Case<'a> {
    /// The address of its page, relative to the root of the site.
    pub(super) path: String,
    /// Its latest entry.
    pub(super) entry: &'a Entry,
    /// The run that the entry is from.
    pub(super) run: &'a Run,
    /// Its entries in the runs of the series, by the run's position, oldest first.
    pub(super) history: Vec<(usize, &'a Entry)>,
    /// Where the case stands in the newest run.
    pub(super) presence: Presence<'a>,
    /// What changed against the base; absent where there is none or it did not hold the case.
    pub(super) change: Option<Change>,
}

/// Where a case stands in the newest run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence<'a> {
    /// It was counted.
    Counted,
    /// It could not be counted, and why.
    Failed(&'a str),
    /// The run was of other cases only.
    FilteredOut,
    /// The suite no longer has it.
    Gone,
}

impl<'a> Snapshot<'a> {
    /// The snapshot of `input`; `None` where nothing was ever measured.
    pub(super) fn new(input: &Input<'a>) -> Option<Self> {
        let (series, others) = series::newest_first(input.runs, input.unrecorded)?;
        let newest = *series.runs.last()?;
        let base = base(&series.runs);
        let cases = cases(&series.runs, newest, &base);
        Some(Self {
            series,
            others,
            newest,
            recorded: input.unrecorded.is_none(),
            base,
            cases,
        })
    }

    /// The case with this id, if the series ever counted it.
    pub(super) fn case(&self, id: &str) -> Option<&Case<'a>> {
        self.cases.iter().find(|case| case.entry.case.id == id)
    }

    /// The cases that belong in tables: all but those that were gone before the base was taken.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Case<'a>> {
        self.cases.iter().filter(|case| case.is_listed())
    }

    /// The names of the groups that have a listed case, in report order.
    pub(super) fn groups(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        for case in self.listed() {
            let name = case.entry.case.group.as_str();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

impl Case<'_> {
    pub(super) fn is_listed(&self) -> bool {
        self.presence != Presence::Gone || self.change.is_some()
    }

    /// Whether the case was counted in the newest run and leaks on purpose.
    pub(super) fn is_demonstration(&self) -> bool {
        change::is_demonstration(&self.entry.case)
    }

    /// The verdict of its change, if there is one.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.change.as_ref().map(|change| change.verdict)
    }
}

/// The run to hold the last of `runs` against: the latest that is of other code, ran all cases
/// that the last one ran, and is comparable; of a clean tree where there is one.
fn base<'a>(runs: &[&'a Run]) -> Base<'a> {
    let Some((&newest, earlier)) = runs.split_last() else {
        return Base::Nothing;
    };
    let is_other_code =
        |run: &Run| run.commit.sha != newest.commit.sha || run.commit.dirty || newest.commit.dirty;
    let covers = |run: &Run| run.suite.filter.is_none() || run.suite.filter == newest.suite.filter;
    let candidates: Vec<&Run> = earlier
        .iter()
        .rev()
        .copied()
        .filter(|run| is_other_code(run) && covers(run))
        .collect();
    let comparable = || {
        let of_candidates = candidates.iter().copied();
        of_candidates.filter(|run| change::obstacles(run, newest).is_empty())
    };
    let clean = comparable().find(|run| !run.commit.dirty);
    match (clean.or_else(|| comparable().next()), candidates.first()) {
        (Some(run), _) => Base::Run(run),
        (None, Some(latest)) => Base::NotComparable(latest, change::obstacles(latest, newest)),
        (None, None) => Base::Nothing,
    }
}

fn cases<'a>(runs: &[&'a Run], newest: &'a Run, base: &Base<'a>) -> Vec<Case<'a>> {
    let mut changes: BTreeMap<String, Change> = match base {
        Base::Run(run) => change::changes(run, newest)
            .into_iter()
            .map(|change| (change.id.clone(), change))
            .collect(),
        Base::Nothing | Base::NotComparable(..) => BTreeMap::new(),
    };
    let mut histories: BTreeMap<&str, Vec<(usize, &Entry)>> = BTreeMap::new();
    for (position, run) in runs.iter().enumerate() {
        for entry in &run.entries {
            let history = histories.entry(&entry.case.id).or_default();
            history.push((position, entry));
        }
    }
    let mut paths = page::CasePaths::default();
    let mut cases: Vec<Case> = Vec::new();
    // Newest run first, so that the first entry met of a case is its latest.
    for &run in runs.iter().rev() {
        for entry in &run.entries {
            let Some(history) = histories.remove(entry.case.id.as_str()) else {
                continue;
            };
            cases.push(Case {
                path: paths.assign(&entry.case.id),
                entry,
                run,
                history,
                presence: presence(newest, entry),
                change: changes.remove(&entry.case.id),
            });
        }
    }
    in_report_order(cases)
}

fn presence<'a>(newest: &'a Run, entry: &Entry) -> Presence<'a> {
    let id = &entry.case.id;
    if newest.entries.iter().any(|other| other.case.id == *id) {
        return Presence::Counted;
    }
    if let Some(failure) = newest.failures.iter().find(|failure| failure.id == *id) {
        return Presence::Failed(&failure.reason);
    }
    match newest.suite.filter {
        Some(_) => Presence::FilteredOut,
        None => Presence::Gone,
    }
}

/// Groups in the order of the last run of everything, cases in the order they were found; the
/// cases that are gone come last.
fn in_report_order(mut cases: Vec<Case<'_>>) -> Vec<Case<'_>> {
    let mut order: Vec<String> = Vec::new();
    for case in &cases {
        if !order.contains(&case.entry.case.group) {
            order.push(case.entry.case.group.clone());
        }
    }
    cases.sort_by_key(|case| {
        let group = order.iter().position(|name| *name == case.entry.case.group);
        (!case.is_listed(), group)
    });
    cases
}
