//! Every case as of the newest run; the basis of all pages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::series::{self, Series};
use super::{Input, page, toolchains};
use heapmark_model::analysis::change::{self, Change, Conditions, CountVerdict, Obstacle};
use heapmark_model::history::{self, Columns, Head, History, Setting};
use heapmark_model::record::{Entry, Key, Run};

/// The newest series, its newest run, and the state of each case in it.
pub(super) struct Snapshot<'a> {
    pub(super) series: Series<'a>,
    pub(super) others: Vec<Series<'a>>,
    pub(super) newest: &'a Run,
    pub(super) recorded: bool,
    pub(super) base: Base<'a>,
    /// Every case of the series in report order; removed cases come last.
    pub(super) cases: Vec<MeasuredCase<'a>>,
}

/// The run that the newest run is compared with.
pub(super) enum Base<'a> {
    /// There is no earlier run.
    Nothing,
    /// The latest earlier run whose counts are comparable.
    Run(&'a Run),
    /// No earlier run is comparable: the latest, and what differs.
    NotComparable(&'a Run, Vec<Obstacle>),
}

/// A case with its latest numbers.
pub(super) struct MeasuredCase<'a> {
    /// The address of its page, relative to the root of the site.
    pub(super) path: String,
    /// Its latest entry.
    pub(super) entry: &'a Entry,
    /// The run that the entry is from.
    pub(super) run: &'a Run,
    /// Its numbers over the runs of the series.
    pub(super) columns: Arc<Columns>,
    /// Whether the newest run has the case.
    pub(super) presence: Presence<'a>,
    /// What changed since the base; absent if there is no base or it does not have the case.
    pub(super) change: Option<Change>,
    /// The last run of the series that has the case under an old id that several cases shared.
    pub(super) ambiguous: Option<&'a Head>,
}

/// Whether the newest run has a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence<'a> {
    /// It was counted.
    Counted,
    /// It could not be counted, with the reason.
    Failed(&'a str),
    /// The run measured only other cases.
    FilteredOut,
    /// The suite no longer has it.
    Gone,
}

impl<'a> Snapshot<'a> {
    /// The snapshot of `input`; `None` if nothing was ever measured. `fresh` is the head of the
    /// run that was not stored.
    pub(super) fn new(input: &Input<'a>, fresh: Option<&'a Head>) -> Option<Self> {
        let (series, others) = series::newest_first(input.history, fresh)?;
        let past = Past {
            history: input.history,
            unrecorded: input.unrecorded,
            series: &series,
        };
        let newest = past.whole(series.runs.len() - 1)?;
        let base = past.base()?;
        let cases = past.cases(newest, &base);
        Some(Self {
            newest,
            recorded: input.unrecorded.is_none(),
            base,
            cases,
            series,
            others,
        })
    }

    /// The case with this id, if the series ever counted it.
    pub(super) fn case(&self, id: &str) -> Option<&MeasuredCase<'a>> {
        self.cases.iter().find(|case| case.entry.case.id == id)
    }

    /// The cases that belong in tables: all except those that were removed before the base.
    pub(super) fn listed(&self) -> impl Iterator<Item = &MeasuredCase<'a>> {
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

impl MeasuredCase<'_> {
    pub(super) fn is_listed(&self) -> bool {
        self.presence != Presence::Gone || self.change.is_some()
    }

    /// Whether the case is an intentional leak.
    pub(super) fn is_intentional_leak(&self) -> bool {
        change::is_intentional_leak(&self.entry.case)
    }

    /// The verdict of its change, if there is one.
    pub(super) fn verdict(&self) -> Option<CountVerdict> {
        self.change.as_ref().map(|change| change.verdict)
    }
}

/// The records that a snapshot needs as a whole.
pub(super) fn wanted(
    history: &History,
    unrecorded: Option<&Run>,
    fresh: Option<&Head>,
) -> BTreeSet<usize> {
    let Some((series, others)) = series::newest_first(history, fresh) else {
        return BTreeSet::new();
    };
    let past = Past {
        history,
        unrecorded,
        series: &series,
    };
    let gone = past.last_places().into_values();
    let places = gone.chain(past.base_place());
    let places = places.chain(series.runs.len().checked_sub(1));
    let records = places.filter_map(|place| series.records.get(place).copied());
    let pairs = toolchains::pairs(&series, &others).into_iter();
    records
        .chain(pairs.flat_map(|(base, other)| [base, other]))
        .collect()
}

/// The runs of the newest series.
struct Past<'a, 's> {
    history: &'a History,
    unrecorded: Option<&'a Run>,
    series: &'s Series<'a>,
}

impl<'a> Past<'a, '_> {
    /// The run at `place` of the series, if it is loaded as a whole.
    fn whole(&self, place: usize) -> Option<&'a Run> {
        match self.series.records.get(place) {
            Some(&record) => self.history.whole(record),
            None => self.unrecorded,
        }
    }

    /// The position of the run to compare the last one with. This is the latest comparable run of
    /// other code that ran all cases of the last one, preferably of a clean tree. If no run is
    /// comparable, it is the latest of other code.
    fn base_place(&self) -> Option<usize> {
        let (&newest, earlier) = self.series.runs.split_last()?;
        let is_other_code = |run: &Head| {
            run.commit.sha != newest.commit.sha || run.commit.dirty || newest.commit.dirty
        };
        let filter = |run: &Head| run.setting.suite.filter.clone();
        let covers =
            |run: &Head| run.setting.suite.filter.is_none() || filter(run) == filter(newest);
        let candidates = || {
            let latest_first = earlier.iter().enumerate().rev();
            latest_first.filter(|(_, run)| is_other_code(run) && covers(run))
        };
        let comparable = || candidates().filter(|(_, run)| obstacles(run, newest).is_empty());
        let clean = comparable().find(|(_, run)| !run.commit.dirty);
        let found = clean.or_else(|| comparable().next());
        let (place, _) = found.or_else(|| candidates().next())?;
        Some(place)
    }

    /// `None` if the base is not loaded as a whole.
    fn base(&self) -> Option<Base<'a>> {
        let Some(place) = self.base_place() else {
            return Some(Base::Nothing);
        };
        let newest = *self.series.runs.last()?;
        let obstacles = obstacles(self.series.runs[place], newest);
        let run = self.whole(place)?;
        Some(if obstacles.is_empty() {
            Base::Run(run)
        } else {
            Base::NotComparable(run, obstacles)
        })
    }

    /// The position of the last run of each case of the series.
    fn last_places(&self) -> BTreeMap<&'a str, usize> {
        let mut place_of = vec![None; self.history.heads().len()];
        for (place, &record) in self.series.records.iter().enumerate() {
            place_of[record] = Some(place);
        }
        let in_order = self.series.records.is_sorted();
        let mut last = BTreeMap::new();
        for (id, columns) in self.history.cases() {
            let latest_first = columns.present.iter().rev();
            let mut places = latest_first
                .flat_map(|&(from, to)| (from..to).rev())
                .filter_map(|record| place_of[record as usize]);
            let place = if in_order {
                places.next()
            } else {
                places.max()
            };
            if let Some(place) = place {
                last.insert(id.as_str(), place);
            }
        }
        if let Some(run) = self.unrecorded {
            for entry in &run.entries {
                last.insert(&entry.case.id, self.series.records.len());
            }
        }
        last
    }

    /// The columns of the case over the runs of the series.
    fn columns(&self, id: &str, unrecorded: Option<&Entry>) -> Arc<Columns> {
        let records = &self.series.records;
        let mut columns = match self.history.cases().get(id) {
            None => Arc::default(),
            Some(all) if history::is_all(records, self.history.heads().len()) => Arc::clone(all),
            Some(all) => Arc::new(all.select(records)),
        };
        if let Some(entry) = unrecorded {
            Arc::make_mut(&mut columns).push(records.len() as u32, entry);
        }
        columns
    }

    /// The last run that has the case of `entry` under an id that several cases shared. The
    /// history keeps such a case under its long id, whatever its id is today.
    fn ambiguous(&self, entry: &Entry) -> Option<&'a Head> {
        let columns = self
            .history
            .cases()
            .get(&Key::from_case(&entry.case).long_id())?;
        let holds = |record: usize| {
            let mut stretches = columns.ambiguous.iter();
            stretches.any(|&(from, to)| (from as usize..to as usize).contains(&record))
        };
        let mut records = self.series.records.iter();
        let place = records.rposition(|&record| holds(record))?;
        self.series.runs.get(place).copied()
    }

    fn cases(&self, newest: &'a Run, base: &Base<'a>) -> Vec<MeasuredCase<'a>> {
        let mut changes: BTreeMap<String, Change> = match base {
            Base::Run(run) => change::changes(run, newest)
                .into_iter()
                .map(|change| (change.id.clone(), change))
                .collect(),
            Base::Nothing | Base::NotComparable(..) => BTreeMap::new(),
        };
        let mut last = self.last_places();
        let places: BTreeSet<usize> = last.values().copied().collect();
        let mut cases: Vec<MeasuredCase> = Vec::new();
        // Newest run first, so that the first entry found of a case is its latest.
        for (place, run) in places.into_iter().rev().filter_map(|place| {
            let run = self.whole(place)?;
            Some((place, run))
        }) {
            for entry in &run.entries {
                let id = entry.case.id.as_str();
                if last.get(id) != Some(&place) {
                    continue;
                }
                last.remove(id);
                let fresh = (place == self.series.records.len()).then_some(entry);
                cases.push(MeasuredCase {
                    path: page::case_path(id),
                    entry,
                    run,
                    columns: self.columns(id, fresh),
                    presence: presence(newest, entry),
                    change: changes.remove(id),
                    ambiguous: self.ambiguous(entry),
                });
            }
        }
        in_report_order(cases)
    }
}

/// The differences that prevent a comparison of the counts of two runs.
pub(super) fn obstacles(earlier: &Head, later: &Head) -> Vec<Obstacle> {
    let (before, after) = (&earlier.setting, &later.setting);
    if Arc::ptr_eq(before, after) {
        return Vec::new();
    }
    change::obstacles_between(&conditions(before), &conditions(after))
}

fn conditions(setting: &Setting) -> Conditions<'_> {
    Conditions {
        toolchain: &setting.toolchain,
        allocator: &setting.allocator,
        method: setting.method,
    }
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

/// Groups in the order of the newest runs, and cases in the order they were found; removed cases
/// come last.
fn in_report_order(mut cases: Vec<MeasuredCase<'_>>) -> Vec<MeasuredCase<'_>> {
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
