//! A run as a Markdown table, for a pull request or a wiki.

use std::io::{self, Write};

use super::words::{self, instability, value};
use heapmark_model::format::code_in_cell;
use heapmark_model::record::{Entry, Metric, Run};

/// Writes a run as a table. Times and instructions have a column if a case has them.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn markdown(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let timed = run.entries.iter().any(|entry| entry.time.is_some());
    let instructed = run.entries.iter().any(|entry| entry.instructions.is_some());
    let mut names: Vec<&str> = Metric::HEADLINE.map(Metric::key).to_vec();
    names.extend(timed.then_some("time"));
    names.extend(instructed.then_some("instructions"));
    writeln!(out, "| case | {} | |", names.join(" | "))?;
    writeln!(out, "|---|{}---|", "--:|".repeat(names.len()))?;
    for entry in &run.entries {
        let mut values = counts(entry);
        values.extend(timed.then(|| words::time(entry.time.as_ref())));
        values.extend(instructed.then(|| words::instructions(entry.instructions.as_ref())));
        let note =
            instability(entry).map_or_else(|| "exact".to_owned(), |why| format!("varies: {why}"));
        writeln!(
            out,
            "| {} | {} | {note} |",
            code_in_cell(&entry.case.id),
            values.join(" | ")
        )?;
    }
    for failure in &run.failures {
        let blanks = " |".repeat(names.len());
        writeln!(
            out,
            "| {} |{blanks} failed: {} |",
            code_in_cell(&failure.id),
            code_in_cell(&failure.reason)
        )?;
    }
    if timed {
        writeln!(
            out,
            "\nVerdicts are based on counts. A time is the median over launches, ± its 95 % confidence interval."
        )?;
    }
    Ok(())
}

fn counts(entry: &Entry) -> Vec<String> {
    let metrics = Metric::HEADLINE.into_iter();
    metrics
        .map(|metric| value(metric, entry.metrics.get(&metric)))
        .collect()
}
