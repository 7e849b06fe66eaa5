//! The page of a comparison, and the texts that it shares with the terminal. The verdicts come from
//! the analysis.

pub mod acknowledged;
pub mod callsites;
mod forest;
pub mod instructions;
pub mod times;
mod words;

use serde::Serialize;

pub use forest::{Forest, ForestRow};
pub use words::{difference, failures, is_changed, note, sides, summary, word, word_of};

use super::page::Page;
use super::status::Tone;
use heapmark_model::analysis::Comparison;
use heapmark_model::analysis::change::Change;
use heapmark_model::format::plural;

/// The page of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparePage {
    /// The frame.
    pub page: Page,
    /// The result in a sentence.
    pub headline: String,
    /// What was compared.
    pub sides: String,
    /// How instructions and times were judged, a sentence each.
    pub tiers: Vec<String>,
    /// Obstacles, other differences between the sides, and acknowledgements.
    pub notices: Vec<String>,
    /// Cases that could not be measured, a sentence each.
    pub failures: Vec<String>,
    /// Every case that is not the same, worst first.
    pub changed: Vec<ComparedCase>,
    /// Times of changed and of undecided cases; absent if none were measured.
    pub forest: Option<Forest>,
    /// The ids of all other cases.
    pub same: Vec<String>,
    /// The comment for a pull request.
    pub markdown: String,
}

/// A case that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComparedCase {
    /// Its id.
    pub id: String,
    /// The verdict.
    pub word: &'static str,
    /// The meaning that decides the colour.
    pub tone: Tone,
    /// A sign that is clear without colour.
    pub glyph: &'static str,
    /// What changed.
    pub note: String,
    /// The call sites that explain it, a line each.
    pub callsites: Vec<String>,
}

impl ComparePage {
    /// The page of `comparison`, at `path` below the root; `markdown` is the pull-request comment.
    pub fn new(comparison: &Comparison, path: &str, markdown: String) -> Self {
        let changes = comparison.changes.iter();
        let (changed, same): (Vec<&Change>, Vec<&Change>) = changes.partition(|c| is_changed(c));
        let notices = comparison
            .obstacles
            .iter()
            .map(|obstacle| format!("Not comparable: {}", difference(obstacle)))
            .chain(comparison.differences.iter().map(difference))
            .chain(acknowledged::lines(&comparison.acknowledgements));
        let instructions = instructions::summary(comparison);
        let instructions = instructions.map(|text| format!("Instructions: {text}."));
        let times = times::summary(comparison).map(|text| format!("Times: {text}."));
        let failures = failures(comparison)
            .map(|(side, failure)| format!("`{}` on {side}: {}", failure.id, failure.reason));
        Self {
            page: Page::new(
                path,
                "Comparison",
                "Measured only for this comparison. The numbers are not stored in a record.",
            ),
            headline: headline(comparison, changed.len()),
            sides: sides(comparison),
            tiers: instructions.into_iter().chain(times).collect(),
            notices: notices.collect(),
            failures: failures.collect(),
            changed: changed.into_iter().map(ComparedCase::new).collect(),
            forest: Forest::from_comparison(comparison),
            same: same.into_iter().map(|change| change.id.clone()).collect(),
            markdown,
        }
    }
}

impl ComparedCase {
    fn new(change: &Change) -> Self {
        let word = word_of(change);
        let (tone, glyph) = match word {
            "WORSE" => (Tone::More, "▲"),
            "MIXED" => (Tone::More, "◆"),
            "BETTER" => (Tone::Less, "▼"),
            _ => (Tone::Neutral, "–"),
        };
        Self {
            id: change.id.clone(),
            word,
            tone,
            glyph,
            note: note(change),
            callsites: callsites::lines(change),
        }
    }
}

fn headline(comparison: &Comparison, changed: usize) -> String {
    if !comparison.obstacles.is_empty() {
        return "These two sides cannot be compared.".to_owned();
    }
    if comparison.got_worse() {
        return format!("{}.", summary(comparison));
    }
    match changed {
        0 => format!("{} unchanged.", plural(comparison.changes.len(), "case")),
        _ => format!("No count got worse. {}.", summary(comparison)),
    }
}
