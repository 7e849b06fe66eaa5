use std::io::{self, Write};

use super::words::value;
use crate::record::{Entry, Metric};

/// The width of the column that names cases; a longer name pushes its own row only.
const NAME: usize = 38;

/// The width of a column of numbers.
const NUMBER: usize = 10;

/// Writes one row a case, a block a group:
///
/// ```text
/// string_allocations                          allocs     frees  reallocs     bytes      peak  retained
/// ├─ small_string_new                              1         1         0       5 B       5 B       0 B
/// ╰─ medium_string_new                             1         1         0     100 B     100 B       0 B
/// ```
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn table(entries: &[Entry], out: &mut dyn Write) -> io::Result<()> {
    for group in entries.chunk_by(|left, right| left.case.group == right.case.group) {
        let Some(first) = group.first() else { continue };
        write!(out, "{:<NAME$}", first.case.group)?;
        for metric in Metric::HEADLINE {
            write!(out, "{:>NUMBER$}", metric.key())?;
        }
        writeln!(out)?;
        for (index, entry) in group.iter().enumerate() {
            let branch = if index + 1 == group.len() {
                "╰─"
            } else {
                "├─"
            };
            let prefix = format!("{}/", first.case.group);
            let name = entry
                .case
                .id
                .strip_prefix(&prefix)
                .unwrap_or(&entry.case.id);
            write!(out, "{:<NAME$}", format!("{branch} {name}"))?;
            for metric in Metric::HEADLINE {
                write!(
                    out,
                    "{:>NUMBER$}",
                    value(metric, entry.metrics.get(&metric))
                )?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}
