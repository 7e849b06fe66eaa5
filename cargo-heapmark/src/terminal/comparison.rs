//! A comparison as text: one line per changed case, and a summary.

use std::io::{self, Write};

use heapmark_model::analysis::Comparison;
use heapmark_model::analysis::change::Change;
use heapmark_model::format::visible;
use heapmark_site::view::comparison::{
    acknowledged, callsites, difference, failures, instructions, is_changed, note, sides, summary,
    times, word_of,
};

/// Writes one line per case that is not SAME, worst first, and the summary:
///
/// ```text
///      WORSE  vec_allocations/push    allocs 7 → 9 (+2) · bytes 64 B → 96 B (+32 B)    exact
///             +1 alloc +16 B  src/lib.rs:42 parse_header ← src/app.rs:7 handle_request
///      ADDED  vec_allocations/new
///    Summary  54 cases: 1 worse, 1 added, 52 same · main 3f2a91c → work tree 90ab12c
/// ```
///
/// # Errors
///
/// If writing to `out` fails.
pub fn comparison(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let changed = comparison.changes.iter();
    let changed: Vec<&Change> = changed.filter(|c| is_changed(c)).collect();
    let width = changed.iter().map(|c| visible(&c.id).chars().count()).max();
    let width = width.unwrap_or_default();
    for change in changed {
        let word = word_of(change);
        let line = format!(
            "{word:>10}  {:width$}  {}",
            visible(&change.id),
            note(change)
        );
        writeln!(out, "{}", line.trim_end())?;
        for line in callsites::lines(change) {
            writeln!(out, "            {line}")?;
        }
    }
    for (side, failure) in failures(comparison) {
        let reason = visible(&failure.reason);
        writeln!(
            out,
            "    FAILED  {}  on {side}: {reason}",
            visible(&failure.id)
        )?;
    }
    for obstacle in &comparison.obstacles {
        writeln!(out, "NOT COMPARABLE  {}", difference(obstacle))?;
    }
    for obstacle in &comparison.differences {
        writeln!(out, "      Note  {}", difference(obstacle))?;
    }
    for line in acknowledged::lines(&comparison.acknowledgements) {
        writeln!(out, "      Note  {line}")?;
    }
    if let Some(instructions) = instructions::summary(comparison) {
        writeln!(out, "    Instr.  {instructions}")?;
    }
    if let Some(times) = times::summary(comparison) {
        writeln!(out, "      Time  {times}")?;
    }
    writeln!(
        out,
        "   Summary  {} · {}",
        summary(comparison),
        sides(comparison)
    )
}
