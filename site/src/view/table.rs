//! The table of cases on the front page and on the pages of groups.

use serde::Serialize;

use super::cell::{self, Cell};
use super::history::{self, StepChart};
use super::page;
use super::scaling::ScalingChart;
use super::snapshot::{MeasuredCase, Presence, Snapshot};
use super::status::{self, Status};
use super::thumbnail::Thumbnail;
use heapmark_model::record::Metric;

/// The cases of a group, or those of one of its questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The name of the group or the question; empty for cases without a question.
    pub name: String,
    /// The address of the group's page, relative to the root of the site.
    pub href: String,
    /// Its number of cases, in words.
    pub size: String,
    /// Its cases in report order.
    pub rows: Vec<Row>,
    /// Which of them to choose, a sentence per size; empty if they answer no question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choice: Vec<String>,
    /// How their times grow with their size; absent if none was timed at enough sizes, and on the
    /// front page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<ScalingChart>,
}

/// A column of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The key of the metric.
    pub key: &'static str,
    /// Its heading.
    pub heading: &'static str,
}

/// The columns of a table: heap metrics, and time and instructions if a case has them.
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
    /// Its statuses, most important first; never empty.
    pub statuses: Vec<Status>,
    /// Its numbers in column order.
    pub cells: Vec<Cell>,
    /// Its bytes over the runs of the series; absent in the first run.
    pub trend: Option<StepChart>,
    /// Live bytes over one iteration; only on pages of groups, and if there is a timeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Thumbnail>,
    /// Whether the newest run counted it.
    pub counted: bool,
}

impl Row {
    pub(super) fn new(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>) -> Self {
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
            timeline: None,
            counted,
        }
    }
}

/// The statuses of a case, most important first.
pub(super) fn statuses(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>) -> Vec<Status> {
    let mut statuses = vec![Status::from_case(case, snapshot)];
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
pub(super) fn name(case: &MeasuredCase<'_>) -> String {
    let info = &case.entry.case;
    let rest = info.id.strip_prefix(&info.group);
    let rest = rest.and_then(|rest| rest.strip_prefix('/'));
    rest.unwrap_or(&info.id).to_owned()
}

/// One section per group, in report order.
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
