//! The page that lists all profiles, and what tools see of each leak pattern.

use serde::Serialize;

use super::ProfileEntry;
use crate::format::{abbreviated, as_signed, count, plural};
use crate::profile::{Agreement, Cell, CellVerdict, Matrix};
use crate::view::page::Page;
use crate::view::status::Tone;

/// The list of profiles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProfilesPage {
    /// The frame.
    pub page: Page,
    /// What is there, in a sentence.
    pub summary: String,
    /// The profiles, the newest first.
    pub entries: Vec<ProfileEntry>,
    /// What tools see; absent where nobody has asked.
    pub matrix: Option<MatrixTable>,
    /// Whether tools count the same; absent where nobody has asked.
    pub agreement: Option<AgreementTable>,
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

impl ProfilesPage {
    /// `None` where there is nothing to show.
    pub(in crate::view) fn new(
        entries: &[ProfileEntry],
        matrix: Option<&Matrix>,
        agreement: Option<&Agreement>,
    ) -> Option<Self> {
        if entries.is_empty() && matrix.is_none() && agreement.is_none() {
            return None;
        }
        let mut entries = entries.to_vec();
        entries.sort_by(|left, right| {
            let newest = |entry: &ProfileEntry| (entry.measured_at.clone(), entry.href.clone());
            newest(right).cmp(&newest(left))
        });
        let leaking = entries.iter().filter(|entry| entry.leaks).count();
        let found = match leaking {
            0 => "none finds a leak by its tool's rule".to_owned(),
            1 => "1 finds a leak by its tool's rule".to_owned(),
            more => format!("{more} find a leak by their tool's rule"),
        };
        let summary = match entries.len() {
            0 => "`cargo xtask profile TOOL` adds a profile of a server.".to_owned(),
            all => format!("{} of servers; {found}.", plural(all, "profile")),
        };
        Some(Self {
            page: Page::new(
                "profiles.html",
                "Profiles",
                "Each profile is a run of its own.",
            ),
            summary,
            entries,
            matrix: matrix.map(MatrixTable::new),
            agreement: agreement.map(AgreementTable::new),
        })
    }
}

impl AgreementTable {
    fn new(agreement: &Agreement) -> Self {
        let number = |number: u64| count(as_signed(number));
        let verdict = if agreement.holds() {
            "agree"
        } else {
            "do not agree"
        };
        let commit = agreement.commit.as_deref().map(abbreviated);
        Self {
            reading: format!(
                "The tools {verdict}: of {} requests{} their totals differ by {:.3} %, of {:.1} % that are allowed.",
                number(agreement.requests),
                commit.map_or_else(String::new, |commit| format!(" at {commit}")),
                agreement.spread() * 100.0,
                Agreement::MOST * 100.0,
            ),
            totals: agreement
                .totals
                .iter()
                .map(|total| (total.tool.clone(), number(total.blocks)))
                .collect(),
        }
    }
}

impl MatrixTable {
    fn new(matrix: &Matrix) -> Self {
        let patterns = matrix.tools.first().map(|row| {
            let names = row.cells.iter().map(|cell| cell.pattern.clone());
            names.collect::<Vec<String>>()
        });
        let commit = matrix.commit.as_deref().map(abbreviated);
        let rows = matrix.tools.iter().map(|row| MatrixRow {
            tool: match &row.version {
                Some(version) => format!("{} {version}", row.tool),
                None => row.tool.clone(),
            },
            cells: row.cells.iter().map(MatrixCell::new).collect(),
        });
        Self {
            reading: format!(
                "{} requests to each pattern of the example server{}. Amounts are for one request.",
                count(as_signed(matrix.requests)),
                commit.map_or_else(String::new, |commit| format!(", at {commit}"))
            ),
            patterns: patterns.unwrap_or_default(),
            rows: rows.collect(),
        }
    }
}

impl MatrixCell {
    fn new(cell: &Cell) -> Self {
        let (tone, glyph, word) = match cell.verdict {
            CellVerdict::Leak => (Tone::Retains, "◆", "leak"),
            CellVerdict::Nothing => (Tone::Same, "–", "nothing"),
            CellVerdict::CannotSee => (Tone::Neutral, "∅", "cannot see"),
            CellVerdict::Missing => (Tone::Neutral, "?", "not run"),
        };
        let bytes = cell.bytes_per_request.map(|bytes| format!("{bytes:.1} B"));
        let blocks = cell
            .blocks_per_request
            .map(|blocks| format!("{blocks:.3} blocks"));
        let amount: Vec<String> = bytes.into_iter().chain(blocks).collect();
        let is_leak = cell.verdict == CellVerdict::Leak;
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
