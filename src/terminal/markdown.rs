use std::io::{self, Write};

use super::words::{doubt, value};
use crate::record::{Metric, Run};

/// Writes a run as a table for a pull request or a wiki.
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn markdown(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let metrics = Metric::HEADLINE;
    let names: Vec<&str> = metrics.iter().map(|metric| metric.key()).collect();
    writeln!(out, "| case | {} | |", names.join(" | "))?;
    writeln!(out, "|---|{}---|", "--:|".repeat(metrics.len()))?;
    for entry in &run.entries {
        let values = metrics
            .iter()
            .map(|metric| value(*metric, entry.metrics.get(metric)));
        let values: Vec<String> = values.collect();
        let note = doubt(entry).map_or_else(|| "exact".to_owned(), |why| format!("sampled: {why}"));
        writeln!(
            out,
            "| {} | {} | {note} |",
            cell(&entry.case.id),
            values.join(" | ")
        )?;
    }
    for failure in &run.failures {
        let blanks = " |".repeat(metrics.len());
        writeln!(
            out,
            "| {} |{blanks} failed: {} |",
            cell(&failure.id),
            cell(&failure.reason)
        )?;
    }
    Ok(())
}

/// Text that cannot end its cell or become markup.
fn cell(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        match character {
            '|' | '\\' | '`' | '*' | '<' | '[' => safe.extend(['\\', character]),
            '\n' | '\r' => safe.push(' '),
            _ => safe.push(character),
        }
    }
    safe
}
