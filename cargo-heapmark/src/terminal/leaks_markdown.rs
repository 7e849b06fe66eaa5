//! The growth of each case as Markdown, for a comment on a pull request.

use std::io::{self, Write};

use super::leaks::{headline, place, rest};
use heapmark_model::format::{as_signed, code_in_cell, count};
use heapmark_model::record::{Failure, Growth};

/// Writes the summary and a table of the verdicts.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn leaks_markdown(
    cases: &[(String, Growth)],
    failures: &[Failure],
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "**{}**", headline(cases, failures))?;
    writeln!(out, "\n| | case | steps | |\n|---|---|--:|---|")?;
    for (id, growth) in cases {
        let steps = count(as_signed(growth.steps));
        let mut notes = vec![rest(growth).trim().to_owned()];
        notes.extend(growth.callsites.iter().map(place));
        notes.retain(|note| !note.is_empty());
        let notes: Vec<String> = notes.iter().map(|note| code_in_cell(note)).collect();
        writeln!(
            out,
            "| {} | {} | {steps} | {} |",
            growth.verdict,
            code_in_cell(id),
            notes.join("<br>")
        )?;
    }
    for Failure { id, reason } in failures {
        writeln!(
            out,
            "| FAILED | {} | | {} |",
            code_in_cell(id),
            code_in_cell(reason)
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::leaks_markdown;
    use heapmark_model::record::{Failure, Frame, GrowingSite, Growth, Verdict};

    #[test]
    fn a_table_has_a_row_for_each_case_whatever_it_is_called() {
        let frame = Frame {
            function: "answer".to_owned(),
            file: "src/cache.rs".to_owned(),
            line: 41,
        };
        let steady = Growth {
            verdict: Verdict::Steady,
            declared: None,
            reason: "nothing grows".to_owned(),
            steps: 12_500,
            bytes_per_million: 0,
            blocks_per_million: 0,
            floor: vec![0],
            ceiling: Vec::new(),
            callsites: Vec::new(),
        };
        let leak = Growth {
            verdict: Verdict::Leak,
            bytes_per_million: 108_500_000,
            blocks_per_million: 1_000_000,
            callsites: vec![GrowingSite {
                bytes_per_million: 1,
                blocks_per_million: 1,
                frames: vec![frame],
            }],
            ..steady.clone()
        };
        let stale = Growth {
            declared: Some(Verdict::Leak),
            ..steady.clone()
        };
        let cases = [("g/steady", steady), ("g/a|b", leak), ("g/stale", stale)];
        let cases = cases.map(|(id, growth)| (id.to_owned(), growth));
        let failure = Failure {
            id: "g/f".to_owned(),
            reason: "panicked".to_owned(),
        };
        let mut out = Vec::new();
        leaks_markdown(&cases, &[failure], &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "**4 cases: 1 leaks, 2 steady, 1 failed; 1 not as declared**

| | case | steps | |
|---|---|--:|---|
| STEADY | `g/steady` | 12,500 |  |
| LEAKS | `g/a\\|b` | 12,500 | `+108.5 B +1 block a step`<br>`src/cache.rs:41  answer` |
| STEADY | `g/stale` | 12,500 | `not as declared: growth == leak` |
| FAILED | `g/f` | | `panicked` |
"
        );
    }
}
