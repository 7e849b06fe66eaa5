//! Prints the table as text.

use std::io::{self, Write};

use heapmark_model::format::growth_rate;
use heapmark_model::record::{ToolCell, ToolRow, ToolVerdict};

use super::super::PATTERNS;

const WIDTH: usize = 22;

/// ```text
///       tool  cache                 handlers              …
///       live  +297.8 B +2 blocks    +36.7 B +1 block      …
///   memcheck  cannot see            cannot see            …
/// ```
pub fn write(rows: &[ToolRow], requests: u64, out: &mut dyn Write) -> io::Result<()> {
    let line = |out: &mut dyn Write, name: &str, cells: Vec<String>| {
        let cells: String = cells
            .iter()
            .map(|cell| format!("  {cell:WIDTH$}"))
            .collect();
        writeln!(out, "{name:>10}{}", cells.trim_end())
    };
    line(out, "tool", PATTERNS.map(str::to_owned).into())?;
    for row in rows {
        line(out, &row.tool, row.cells.iter().map(words).collect())?;
        let places = row.cells.iter().map(|cell| match &cell.callsite {
            Some(frame) => {
                let file = frame.file.rsplit('/').next().unwrap_or_default();
                format!("  {file}:{}", frame.line)
            }
            None => String::new(),
        });
        line(out, "", places.collect())?;
    }
    writeln!(
        out,
        "   Summary  bytes and blocks that each of {requests} requests leaves behind"
    )
}

fn words(cell: &ToolCell) -> String {
    let verdict = match cell.verdict {
        ToolVerdict::Leak => "leak",
        ToolVerdict::Nothing => "nothing",
        ToolVerdict::CannotSee => "cannot see",
        ToolVerdict::Missing => "missing",
    };
    match (cell.blocks, cell.bytes) {
        (Some(blocks), Some(bytes)) => growth_rate(bytes, blocks, "").trim_end().to_owned(),
        (None, Some(bytes)) => growth_rate(bytes, 0.0, "").trim_end().to_owned(),
        _ => verdict.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_shows_the_growth_or_the_verdict() {
        let cell = |verdict, blocks, bytes| ToolCell {
            pattern: "cycle".to_owned(),
            verdict,
            bytes,
            blocks,
            callsite: None,
        };
        let leak = ToolVerdict::Leak;
        assert_eq!(
            words(&cell(leak, Some(2.0), Some(464.0))),
            "+464 B +2 blocks"
        );
        assert_eq!(words(&cell(leak, None, Some(57.62))), "+57.62 B");
        assert_eq!(words(&cell(leak, None, None)), "leak");
        assert_eq!(
            words(&cell(ToolVerdict::CannotSee, None, None)),
            "cannot see"
        );
    }
}
