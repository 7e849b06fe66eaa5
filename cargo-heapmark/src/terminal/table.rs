//! The table of a report: one row per case, in blocks per group.

use std::io::{self, Write};

use super::words;
use heapmark_model::format::visible;
use heapmark_model::record::{Entry, Metric};

/// The width of the column of names. A longer name shifts only its own row.
const NAME: usize = 38;

/// Writes one row per case and one block per group:
///
/// ```text
/// string_allocations                          allocs     bytes      peak  retained            time
/// ├─ small_string_new                              1       5 B       5 B       0 B    18.1 ns ±0.3
/// ├─ push_without_capacity                   1 +4 re     128 B     128 B       0 B       211 ns ±4
/// ╰─ share a text
///    ├─ string                                      1      40 B      40 B       0 B    20.5 ns ±0.3
///    ╰─ arc-str                                     0       0 B       0 B       0 B    4.11 ns ±0.1
/// ```
///
/// `±` is the half-width of the 95 % confidence interval of the median. Times and instructions have
/// a column if a case has them. Frees are left out, because they follow from the other columns;
/// Markdown and the records have them.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn table(entries: &[Entry], out: &mut dyn Write) -> io::Result<()> {
    let columns = columns(entries);
    for group in entries.chunk_by(|left, right| left.case.group == right.case.group) {
        let Some(first) = group.first() else { continue };
        write!(out, "{:<NAME$}", visible(&first.case.group))?;
        for column in &columns {
            write!(out, "{:>1$}", column.heading, column.width)?;
        }
        writeln!(out)?;
        let mut rest = group;
        for part in group.chunk_by(same_question) {
            rest = &rest[part.len()..];
            let (branch, stem) = if rest.is_empty() {
                ("╰─", "   ")
            } else {
                ("├─", "│  ")
            };
            let Some(question) = &part[0].case.question else {
                row(
                    &format!("{branch} {}", name(&part[0])),
                    &part[0],
                    &columns,
                    out,
                )?;
                continue;
            };
            writeln!(out, "{branch} {}", visible(question))?;
            for (index, entry) in part.iter().enumerate() {
                let branch = if index + 1 == part.len() {
                    "╰─"
                } else {
                    "├─"
                };
                row(
                    &format!("{stem}{branch} {}", answer(entry)),
                    entry,
                    &columns,
                    out,
                )?;
            }
        }
    }
    Ok(())
}

/// Whether two cases answer the same question. A case without a question has its own row.
fn same_question(left: &Entry, right: &Entry) -> bool {
    left.case.question.is_some() && left.case.question == right.case.question
}

fn row(name: &str, entry: &Entry, columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{name:<NAME$}")?;
    for column in columns {
        write!(out, "{:>1$}", (column.text)(entry), column.width)?;
    }
    writeln!(out)
}

/// A column of the table.
struct Column {
    heading: &'static str,
    width: usize,
    text: fn(&Entry) -> String,
}

fn columns(entries: &[Entry]) -> Vec<Column> {
    let column = |heading, width, text| Column {
        heading,
        width,
        text,
    };
    let mut columns = vec![
        column("allocs", 12, words::allocs),
        column("bytes", 10, |entry| number(entry, Metric::Bytes)),
        column("peak", 10, |entry| number(entry, Metric::Peak)),
        column("retained", 10, |entry| number(entry, Metric::Retained)),
    ];
    if entries.iter().any(|entry| entry.time.is_some()) {
        columns.push(column("time", 16, |entry| words::time(entry.time.as_ref())));
    }
    if entries.iter().any(|entry| entry.instructions.is_some()) {
        columns.push(column("instructions", 14, |entry| {
            words::instructions(entry.instructions.as_ref())
        }));
    }
    columns
}

fn number(entry: &Entry, metric: Metric) -> String {
    words::value(metric, entry.metrics.get(&metric))
}

/// The id without its group and its question.
fn answer(entry: &Entry) -> String {
    let name = name(entry);
    let rest = name.split_once('/').map(|(_, rest)| rest.to_owned());
    rest.unwrap_or(name)
}

/// The id without its group.
fn name(entry: &Entry) -> String {
    let rest = entry.case.id.strip_prefix(&entry.case.group);
    let rest = rest.and_then(|rest| rest.strip_prefix('/'));
    visible(rest.unwrap_or(&entry.case.id))
}
