//! Heat tables: numbers relative to a reference, coloured if they clearly differ from it.

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
    /// The results, a sentence each.
    pub findings: Vec<String>,
    /// How to read it, and how reliable it is.
    pub notes: Vec<String>,
    /// One table per quantity.
    pub tables: Vec<HeatTable>,
}

/// One quantity of everything that is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeatTable {
    /// The quantity.
    pub title: String,
    /// The meaning of a cell.
    pub reading: String,
    /// The heading of the first column.
    pub rows_are: &'static str,
    /// The headings of the other columns.
    pub columns: Vec<String>,
    /// One row per thing that was measured.
    pub rows: Vec<HeatRow>,
    /// The same as lines; absent if the columns are not numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<ScalingChart>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeatRow {
    /// Its heading.
    pub work: String,
    /// A cell for each column.
    pub cells: Vec<HeatCell>,
}

/// One number, relative to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeatCell {
    /// The number.
    pub text: String,
    /// The exact number and its range.
    pub title: String,
    /// From `less3`, at most half, to `more3`, at least twice; empty without a clear difference.
    pub heat: &'static str,
}

impl HeatCell {
    /// A cell without a measurement.
    pub(in crate::view) fn unknown() -> Self {
        Self {
            text: "—".to_owned(),
            title: "unknown".to_owned(),
            heat: "",
        }
    }
}

/// When and where a measurement was made, for the footer of its page.
pub(in crate::view) fn measured(from: &Provenance) -> String {
    format!(
        "Measured {} on {} by heapmark {} at commit {}.",
        format::day(&from.measured_at),
        from.machine.cpu,
        from.heapmark,
        format::abbreviated(&from.commit.sha)
    )
}

/// Whether every process of one sample took more than every process of the other.
pub(in crate::view) fn are_apart(one: Sample, other: Sample) -> bool {
    one.max < other.min || other.max < one.min
}

/// The median of all processes with their range, as in `median 1.25 ns (1.20 ns–1.31 ns)`, or
/// `1.25 ns in every process`.
pub(in crate::view) fn with_range(sample: Sample, write: impl Fn(u64) -> String) -> String {
    let (low, high) = (write(sample.min), write(sample.max));
    if low == high {
        return format!("{low} in every process");
    }
    format!("median {} ({low}–{high})", write(sample.median))
}

/// A ratio with up to three digits, as in `0.48×`.
pub(in crate::view) fn factor(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 0.1 => format!("{ratio:.3}×"),
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
