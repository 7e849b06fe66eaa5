use std::io::{self, Write};

use super::markdown::cell;
use crate::analysis::Comparison;
use crate::analysis::change::Change;
use crate::view::comparison::{
    acknowledged, callsites, difference, failures, instructions, is_changed, note, sides, summary,
    times, word_of,
};

/// By which a program finds its own comment again, to replace it.
const TAG: &str = "<!-- heapmark compare -->";

/// Writes a comparison for a comment of a pull request: the summary, the cases that changed, and
/// the others folded.
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn comparison_markdown(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{TAG}")?;
    writeln!(out, "**{}**", summary(comparison))?;
    writeln!(out, "\n{}", cell(&sides(comparison)))?;
    if let Some(instructions) = instructions::summary(comparison) {
        writeln!(out, "\nInstructions: {}", cell(&instructions))?;
    }
    if let Some(times) = times::summary(comparison) {
        writeln!(out, "\nTime: {}", cell(&times))?;
    }
    for obstacle in &comparison.obstacles {
        writeln!(out, "\nNot comparable: {}", cell(&difference(obstacle)))?;
    }
    for obstacle in &comparison.differences {
        writeln!(out, "\nAlso differs: {}", cell(&difference(obstacle)))?;
    }
    for line in acknowledged::lines(&comparison.acknowledgements) {
        writeln!(out, "\n{}", cell(&line))?;
    }
    let changes = comparison.changes.iter();
    let (same, changed): (Vec<&Change>, Vec<&Change>) =
        changes.partition(|change| !is_changed(change));
    if !changed.is_empty() || comparison.has_failures() {
        writeln!(out, "\n| | case | change |\n|---|---|---|")?;
    }
    for change in &changed {
        let (id, note) = (cell(&change.id), cell(&note(change)));
        writeln!(out, "| {} | {id} | {note} |", word_of(change))?;
    }
    for (side, failure) in failures(comparison) {
        let (id, reason) = (cell(&failure.id), cell(&failure.reason));
        writeln!(out, "| FAILED | {id} | on {side}: {reason} |")?;
    }
    for change in changed {
        let lines = callsites::lines(change);
        if !lines.is_empty() {
            writeln!(out, "\n{}\n", cell(&change.id))?;
        }
        for line in lines {
            writeln!(out, "- {}", cell(&line))?;
        }
    }
    if !same.is_empty() {
        let cases = crate::format::plural(same.len(), "case");
        writeln!(out, "\n<details><summary>{cases} the same</summary>\n")?;
        for change in same {
            writeln!(out, "- {}", cell(&change.id))?;
        }
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}
