//! What tools say of leaks that are known: of those of a server, and of the suite's own.

use serde::Serialize;

use super::status::Tone;
use heapmark_model::format::{abbreviated, as_signed, count};
use heapmark_model::record::{
    ToolAgreement, ToolCell, ToolRow, ToolStudy, ToolSubject, ToolVerdict,
};

/// The newest study of a subject among all, which come oldest first.
pub(super) fn newest(studies: &[ToolStudy], subject: ToolSubject) -> Option<&ToolStudy> {
    studies.iter().rev().find(|study| study.subject == subject)
}

/// A tool and its version.
pub(super) fn called(row: &ToolRow) -> String {
    match &row.version {
        Some(version) => format!("{} {version}", row.tool),
        None => row.tool.clone(),
    }
}

/// What tools counted of the same requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgreementTable {
    /// Whether they agree, and by how much, in a sentence.
    pub reading: String,
    /// Each tool and its allocations.
    pub totals: Vec<(String, String)>,
}

/// What each tool says of each leak pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixTable {
    /// How it was measured, in a sentence.
    pub reading: String,
    /// The patterns.
    pub patterns: Vec<String>,
    /// A row for each tool.
    pub rows: Vec<MatrixRow>,
}

/// What one tool says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// The tool and its version.
    pub tool: String,
    /// A cell for each pattern.
    pub cells: Vec<MatrixCell>,
}

/// What one tool says of one pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixCell {
    /// What the colour is chosen by.
    pub tone: Tone,
    /// A sign that reads without colour.
    pub glyph: &'static str,
    /// The verdict.
    pub word: &'static str,
    /// What each request leaves behind, where the tool knows it.
    pub amount: Option<String>,
    /// The place that the tool names.
    pub place: Option<String>,
}

/// What the tools of a study say of a case, as in `memcheck: leak, 56.0 B, 2.000 blocks`.
pub(super) fn words_of(study: &ToolStudy, case: &str) -> Vec<String> {
    let rows = study.tools.iter().filter_map(|row| {
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
    /// `None` where the study did not ask.
    pub(super) fn new(study: &ToolStudy) -> Option<Self> {
        let agreement = study.agreement.as_ref()?;
        let number = |number: u64| count(as_signed(number));
        let verdict = if agreement.holds() {
            "agree"
        } else {
            "do not agree"
        };
        let totals = agreement.totals.iter();
        Some(Self {
            reading: format!(
                "The tools {verdict}: of {} requests at {} their totals differ by {:.3} %, of {:.1} % that are allowed.",
                number(agreement.requests),
                abbreviated(&study.provenance.commit.sha),
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
    pub(super) fn new(study: &ToolStudy) -> Self {
        let patterns = study.tools.first().map(|row| {
            let names = row.cells.iter().map(|cell| cell.pattern.clone());
            names.collect::<Vec<String>>()
        });
        let rows = study.tools.iter().map(|row| MatrixRow {
            tool: called(row),
            cells: row.cells.iter().map(MatrixCell::new).collect(),
        });
        Self {
            reading: format!(
                "{} requests to each pattern of the example server, at {}. Amounts are for one request.",
                count(as_signed(study.repetitions)),
                abbreviated(&study.provenance.commit.sha),
            ),
            patterns: patterns.unwrap_or_default(),
            rows: rows.collect(),
        }
    }
}

impl MatrixCell {
    fn new(cell: &ToolCell) -> Self {
        let (tone, glyph, word) = match cell.verdict {
            ToolVerdict::Leak => (Tone::Retains, "◆", "leak"),
            ToolVerdict::Nothing => (Tone::Same, "–", "nothing"),
            ToolVerdict::CannotSee => (Tone::Neutral, "∅", "cannot see"),
            ToolVerdict::Missing => (Tone::Neutral, "?", "not run"),
        };
        let bytes = cell.bytes.map(|bytes| format!("{bytes:.1} B"));
        let blocks = cell.blocks.map(|blocks| format!("{blocks:.3} blocks"));
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
