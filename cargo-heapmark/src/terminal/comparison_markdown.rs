//! A comparison as Markdown, for a comment on a pull request.

use std::io::{self, Write};

use heapmark_model::analysis::Comparison;
use heapmark_model::analysis::change::Change;
use heapmark_model::format::{code, code_in_cell, plural};
use heapmark_site::view::comparison::{
    acknowledged, callsites, difference, failures, instructions, is_changed, note, sides, summary,
    times, word_of,
};

/// A hidden tag by which a program finds its earlier comment, to replace it.
const TAG: &str = "<!-- heapmark compare -->";

/// Writes the summary, the cases that changed, and the number of those that did not. Names and
/// reasons are in code spans, so that they do not become links or markup.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn comparison_markdown(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{TAG}")?;
    writeln!(out, "**{}**", summary(comparison))?;
    writeln!(out, "\n{}", code(&sides(comparison)))?;
    if let Some(instructions) = instructions::summary(comparison) {
        writeln!(out, "\nInstructions: {instructions}")?;
    }
    if let Some(times) = times::summary(comparison) {
        writeln!(out, "\nTime: {}", code(&times))?;
    }
    for obstacle in &comparison.obstacles {
        writeln!(out, "\nNot comparable: {}", code(&difference(obstacle)))?;
    }
    for obstacle in &comparison.differences {
        writeln!(out, "\nAlso differs: {}", code(&difference(obstacle)))?;
    }
    for line in acknowledged::lines(&comparison.acknowledgements) {
        writeln!(out, "\n{}", code(&line))?;
    }
    let changes = comparison.changes.iter();
    let (same, changed): (Vec<&Change>, Vec<&Change>) =
        changes.partition(|change| !is_changed(change));
    if !changed.is_empty() || comparison.has_failures() {
        writeln!(out, "\n| | case | change |\n|---|---|---|")?;
    }
    for change in &changed {
        let id = code_in_cell(&change.id);
        writeln!(out, "| {} | {id} | {} |", word_of(change), note(change))?;
    }
    for (side, failure) in failures(comparison) {
        let (id, reason) = (code_in_cell(&failure.id), code_in_cell(&failure.reason));
        writeln!(out, "| FAILED | {id} | on {side}: {reason} |")?;
    }
    for change in changed {
        let lines = callsites::lines(change);
        if !lines.is_empty() {
            writeln!(out, "\n{}\n", code(&change.id))?;
        }
        for line in lines {
            writeln!(out, "- {}", code(&line))?;
        }
    }
    if !same.is_empty() {
        writeln!(out, "\n{} did not change.", plural(same.len(), "case"))?;
    }
    Ok(())
}
