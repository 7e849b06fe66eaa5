//! What memory tools report for known leaks: those of the example server and those of the suite.

use serde::Serialize;

use super::status::Tone;
use heapmark_model::format::{abbreviated, as_signed, count, plural};
use heapmark_model::record::{
    ToolAgreement, ToolCell, ToolRecord, ToolRow, ToolSubject, ToolVerdict,
};

/// The newest measurement of a subject; `measurements` are sorted, oldest first.
pub(super) fn newest(measurements: &[ToolRecord], subject: ToolSubject) -> Option<&ToolRecord> {
    measurements
        .iter()
        .rev()
        .find(|measurement| measurement.subject == subject)
}

/// A tool and its version.
pub(super) fn called(row: &ToolRow) -> String {
    match &row.version {
        Some(version) => format!("{} {version}", name(row)),
        None => name(row).to_owned(),
    }
}

/// The name of a tool. Old records call the live profile `growth`.
fn name(row: &ToolRow) -> &str {
    match row.tool.as_str() {
        "growth" => "live",
        name => name,
    }
}

/// The allocations that tools counted for the same requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgreementTable {
    /// Whether they agree, and by how much they differ, in a sentence.
    pub reading: String,
    /// Each tool and its allocations.
    pub totals: Vec<(String, String)>,
}

/// The result of each tool for each leak pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixTable {
    /// How it was measured, in a sentence.
    pub reading: String,
    /// The patterns.
    pub patterns: Vec<String>,
    /// A row for each tool.
    pub rows: Vec<MatrixRow>,
}

/// The results of one tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// The tool and its version.
    pub tool: String,
    /// A cell for each pattern.
    pub cells: Vec<MatrixCell>,
}

/// The result of one tool for one pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixCell {
    /// The meaning that decides the colour.
    pub tone: Tone,
    /// A sign that is clear without colour.
    pub glyph: &'static str,
    /// The verdict.
    pub word: &'static str,
    /// What each request leaks, if the tool reports it.
    pub amount: Option<String>,
    /// The line that the tool reports.
    pub place: Option<String>,
}

/// The results of all tools for a case, as in `memcheck: leak, 56 B, 2 blocks`.
pub(super) fn words_of(measurement: &ToolRecord, case: &str) -> Vec<String> {
    let rows = measurement.tools.iter().filter_map(|row| {
        let cell = row.cells.iter().find(|cell| cell.pattern == case)?;
        let MatrixCell { word, amount, .. } = MatrixCell::new(cell);
        let amount = amount.map(|amount| format!(", {amount}"));
        Some(format!(
            "{}: {word}{}",
            row.tool,
            amount.unwrap_or_default()
        ))
    });
    rows.collect()
}

impl AgreementTable {
    /// `None` if the measurement did not compare totals.
    pub(super) fn new(measurement: &ToolRecord) -> Option<Self> {
        let agreement = measurement.agreement.as_ref()?;
        let number = |number: u64| count(as_signed(number));
        let verdict = if agreement.holds() {
            "agree"
        } else {
            "do not agree"
        };
        let totals = agreement.totals.iter();
        Some(Self {
            reading: format!(
                "The tools {verdict}: their totals for {} at commit {} differ by {:.2} % (limit: {:.1} %).",
                plural(
                    usize::try_from(agreement.requests).unwrap_or(usize::MAX),
                    "request"
                ),
                abbreviated(&measurement.provenance.commit.sha),
                agreement.spread() * 100.0,
                ToolAgreement::MOST * 100.0,
            ),
            totals: totals
                .map(|total| (total.tool.clone(), number(total.blocks)))
                .collect(),
        })
    }
}

impl MatrixTable {
    pub(super) fn new(measurement: &ToolRecord) -> Self {
        let patterns = measurement.tools.first().map(|row| {
            let names = row.cells.iter().map(|cell| cell.pattern.clone());
            names.collect::<Vec<String>>()
        });
        let rows = measurement.tools.iter().map(|row| MatrixRow {
            tool: called(row),
            cells: row.cells.iter().map(MatrixCell::new).collect(),
        });
        Self {
            reading: format!(
                "{} requests to each leak pattern of the example server, at commit {}. Amounts are per request.",
                count(as_signed(measurement.repetitions)),
                abbreviated(&measurement.provenance.commit.sha),
            ),
            patterns: patterns.unwrap_or_default(),
            rows: rows.collect(),
        }
    }
}

/// `value` with at most so many decimals.
fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl MatrixCell {
    fn new(cell: &ToolCell) -> Self {
        let (tone, glyph, word) = match cell.verdict {
            ToolVerdict::Leak => (Tone::Retains, "◆", "leak"),
            ToolVerdict::Nothing => (Tone::Same, "–", "nothing"),
            ToolVerdict::CannotSee => (Tone::Neutral, "∅", "cannot see"),
            ToolVerdict::Missing => (Tone::Neutral, "?", "not run"),
        };
        let bytes = cell.bytes.map(|bytes| format!("{} B", trimmed(bytes, 1)));
        let blocks = cell.blocks.map(|blocks| match trimmed(blocks, 3) {
            one if one == "1" => "1 block".to_owned(),
            more => format!("{more} blocks"),
        });
        let amount: Vec<String> = bytes.into_iter().chain(blocks).collect();
        let is_leak = cell.verdict == ToolVerdict::Leak;
        Self {
            tone,
            glyph,
            word,
            amount: (is_leak && !amount.is_empty()).then(|| amount.join(", ")),
            place: cell.callsite.as_ref().filter(|_| is_leak).map(|frame| {
                let file = frame.file.rsplit('/').next().unwrap_or_default();
                format!("{file}:{}", frame.line)
            }),
        }
    }
}
