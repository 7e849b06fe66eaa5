//! Heat tables: numbers held against one of them, with a colour where they surely differ.

use serde::Serialize;

use super::page::Page;
use super::scaling::ScalingChart;
use heapmark_model::format;
use heapmark_model::record::{Provenance, Sample};

/// A page of heat tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeatPage {
    /// The frame.
    pub page: Page,
    /// The question that it answers.
    pub heading: &'static str,
    /// What was found, a sentence each.
    pub findings: Vec<String>,
    /// How to read it, and how far it can be trusted.
    pub notes: Vec<String>,
    /// A table for each thing that was measured.
    pub tables: Vec<HeatTable>,
}

/// One measure of everything that is held against each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeatTable {
    /// What was measured.
    pub title: String,
    /// What a cell says.
    pub reading: String,
    /// What a row is of.
    pub rows_are: &'static str,
    /// What stands above the columns.
    pub columns: Vec<String>,
    /// What was measured.
    pub rows: Vec<HeatRow>,
    /// The same as lines; absent where columns are no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<ScalingChart>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeatRow {
    /// What it is of.
    pub work: String,
    /// A cell for each column.
    pub cells: Vec<HeatCell>,
}

/// One number beside another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeatCell {
    /// The number.
    pub text: String,
    /// The number behind it, and its range.
    pub title: String,
    /// From `less3`, at most half, to `more3`, at least twice; empty where it cannot be told.
    pub heat: &'static str,
}

impl HeatCell {
    /// Nothing was measured, or it cannot be.
    pub(in crate::view) fn unknown() -> Self {
        Self {
            text: "—".to_owned(),
            title: "not known".to_owned(),
            heat: "",
        }
    }
}

/// Where the numbers of a study come from, for the foot of its page.
pub(in crate::view) fn measured(from: &Provenance) -> String {
    format!(
        "Measured {} on {} by heapmark {} at {}.",
        format::day(&from.measured_at),
        from.machine.cpu,
        from.heapmark,
        format::abbreviated(&from.commit.sha)
    )
}

/// Whether every process of the one took more than every process of the other.
pub(in crate::view) fn are_apart(one: Sample, other: Sample) -> bool {
    one.max < other.min || other.max < one.min
}

/// A ratio with three digits, as in `0.48×`.
pub(in crate::view) fn factor(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 10.0 => format!("{ratio:.2}×"),
        ratio if ratio < 100.0 => format!("{ratio:.1}×"),
        ratio => format!("{ratio:.0}×"),
    }
}

pub(in crate::view) fn heat(ratio: f64) -> &'static str {
    match ratio {
        ratio if ratio <= 0.5 => "less3",
        ratio if ratio <= 0.8 => "less2",
        ratio if ratio < 1.0 => "less1",
        ratio if ratio < 1.25 => "more1",
        ratio if ratio < 2.0 => "more2",
        _ => "more3",
    }
}
