use std::io::{self, Write};
use std::path::Path;

use super::words::doubt;
use crate::format::visible_lines;
use crate::record::Run;

/// What became of a run.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
    /// The run.
    pub run: &'a Run,
    /// Where its record stands, or why there is none.
    pub record: Result<&'a Path, &'a str>,
    /// The page to open, if a site was rendered.
    pub index: Option<&'a Path>,
}

/// Writes what needs attention, a line each, and the summary:
///
/// ```text
///    SAMPLED  hashmap_allocations/…  iterations in one process differ
///     FAILED  vec_allocations/…      panicked: index out of bounds
///    Summary  46 cases: 45 exact, 1 sampled · results/…/….json
///       Site  target/site/index.html
/// ```
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn summary(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    let run = outcome.run;
    writeln!(out)?;
    for entry in &run.entries {
        if let Some(why) = doubt(entry) {
            status(out, "SAMPLED", &format!("{}  {why}", entry.case.id))?;
        }
        if let Some(growth) = &entry.growth
            && entry.leaks_undeclared()
        {
            let rate = super::leaks::slope(growth);
            status(out, "LEAKS", &format!("{}  {rate}", entry.case.id))?;
        }
        for broken in entry.expected.iter().filter(|expected| !expected.met) {
            status(
                out,
                "UNMET",
                &format!("{}  claims {}", entry.case.id, broken.claim),
            )?;
        }
    }
    for failure in &run.failures {
        status(
            out,
            "FAILED",
            &format!("{}  {}", failure.id, failure.reason),
        )?;
    }
    let record = match outcome.record {
        Ok(path) => path.display().to_string(),
        Err(reason) => reason.to_owned(),
    };
    status(out, "Summary", &format!("{} · {record}", headline(run)))?;
    if let Some(index) = outcome.index {
        status(out, "Site", &index.display().to_string())?;
    }
    Ok(())
}

/// The column that texts begin in, behind the status words and two spaces.
const TEXT: usize = 12;

/// Status words end in one column. Reasons hold what a panic said, which may be anything.
fn status(out: &mut dyn Write, word: &str, text: &str) -> io::Result<()> {
    writeln!(out, "{word:>10}  {}", visible_lines(text, TEXT))
}

fn headline(run: &Run) -> String {
    let measured = run.entries.len();
    let exact = run.entries.iter().filter(|entry| entry.is_exact()).count();
    let unmet = run
        .entries
        .iter()
        .flat_map(|entry| &entry.expected)
        .filter(|claim| !claim.met)
        .count();
    let mut parts = vec![match measured - exact {
        0 => "all exact".to_owned(),
        sampled => format!("{exact} exact, {sampled} sampled"),
    }];
    for (number, word) in [(run.failures.len(), "failed"), (unmet, "claims unmet")] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    let cases = measured + run.failures.len();
    let plural = if cases == 1 { "" } else { "s" };
    format!("{cases} case{plural}: {}", parts.join(", "))
}
