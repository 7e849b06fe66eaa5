//! The table of cases, as the front page and the pages of groups show it.

use serde::Serialize;

use super::cell::{self, Cell};
use super::history::{self, StepChart};
use super::page;
use super::scaling::ScalingChart;
use super::snapshot::{Case, Presence, Snapshot};
use super::status::{self, Status};
use super::thumbnail::Thumbnail;
use heapmark_model::record::Metric;

/// The cases of a group, or those of one of its questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The name of the group or the question; empty for cases without a question.
    pub name: String,
    /// Where more is said about it, relative to the root of the site.
    pub href: String,
    /// How many cases it has, in words.
    pub size: String,
    /// Its cases in report order.
    pub rows: Vec<Row>,
    /// Which of them to take, a sentence a size; empty where they answer no question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choice: Vec<String>,
    /// How their times grow with their size; absent where none was timed at enough sizes, and on
    /// the front page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<ScalingChart>,
}

/// A column of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The key of the metric.
    pub key: &'static str,
    /// What stands above it.
    pub heading: &'static str,
}

/// The columns of a table: those of the heap, and time and instructions where a case has them.
pub(super) fn columns(snapshot: &Snapshot<'_>) -> Vec<Column> {
    let heap = Metric::HEADLINE.into_iter().map(|metric| Column {
        key: metric.key(),
        heading: cell::heading(metric),
    });
    let time = is_timed(snapshot).then_some(Column {
        key: "time",
        heading: "Time",
    });
    let instructions = has_instructions(snapshot).then_some(Column {
        key: "instructions",
        heading: "Instructions",
    });
    heap.chain(time).chain(instructions).collect()
}

/// Whether the newest run timed a case.
pub(super) fn is_timed(snapshot: &Snapshot<'_>) -> bool {
    let mut entries = snapshot.newest.entries.iter();
    entries.any(|entry| entry.time.is_some())
}

fn has_instructions(snapshot: &Snapshot<'_>) -> bool {
    let mut entries = snapshot.newest.entries.iter();
    entries.any(|entry| entry.instructions.is_some())
}

/// A case with its headline numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The case's id.
    pub id: String,
    /// The id without its group.
    pub name: String,
    /// The address of its page, relative to the root of the site.
    pub href: String,
    /// What the case shows.
    pub summary: String,
    /// What became of it, most important first; never empty.
    pub statuses: Vec<Status>,
    /// Its numbers in column order.
    pub cells: Vec<Cell>,
    /// How its bytes went over the runs of the series; absent in the first run.
    pub trend: Option<StepChart>,
    /// Live bytes over one iteration; on pages of groups alone, where there is a tape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tape: Option<Thumbnail>,
    /// Whether the newest run counted it.
    pub counted: bool,
}

impl Row {
    pub(super) fn new(case: &Case<'_>, snapshot: &Snapshot<'_>) -> Self {
        let counted = case.presence == Presence::Counted;
        let cells = Metric::HEADLINE.into_iter().map(|metric| {
            if counted {
                Cell::new(case.entry, metric, case.change.as_ref())
            } else {
                Cell::blank(metric)
            }
        });
        let entry = Some(case.entry).filter(|_| counted);
        let time =
            is_timed(snapshot).then(|| Cell::time(entry.and_then(|entry| entry.time.as_ref())));
        let instructions = has_instructions(snapshot)
            .then(|| Cell::instructions(entry.and_then(|entry| entry.instructions.as_ref())));
        Self {
            id: case.entry.case.id.clone(),
            name: name(case),
            href: case.path.clone(),
            summary: case.entry.case.summary.clone(),
            statuses: statuses(case, snapshot),
            cells: cells.chain(time).chain(instructions).collect(),
            trend: history::trend(case, snapshot),
            tape: None,
            counted,
        }
    }
}

/// Everything a reader should know at a glance.
pub(super) fn statuses(case: &Case<'_>, snapshot: &Snapshot<'_>) -> Vec<Status> {
    let mut statuses = vec![Status::of(case, snapshot)];
    if status::retains_undeclared(case) {
        statuses.push(Status::retains(case.entry.get(Metric::Retained)));
    }
    let broken = case.entry.expected.iter().any(|claim| !claim.met);
    if broken && case.presence == Presence::Counted {
        statuses.push(Status::broken());
    }
    statuses
}

/// The id without its group, as in `vec_alloc/64`.
pub(super) fn name(case: &Case<'_>) -> String {
    let info = &case.entry.case;
    let rest = info.id.strip_prefix(&info.group);
    let rest = rest.and_then(|rest| rest.strip_prefix('/'));
    rest.unwrap_or(&info.id).to_owned()
}

/// One section a group, in report order.
pub(super) fn by_group(snapshot: &Snapshot<'_>) -> Vec<Section> {
    let groups = snapshot.groups();
    let sections = groups.into_iter().map(|group| {
        let rows: Vec<Row> = snapshot
            .listed()
            .filter(|case| case.entry.case.group == group)
            .map(|case| Row::new(case, snapshot))
            .collect();
        Section {
            name: group.to_owned(),
            href: page::group_path(group),
            size: heapmark_model::format::plural(rows.len(), "case"),
            rows,
            choice: Vec::new(),
            scaling: None,
        }
    });
    sections.collect()
}
