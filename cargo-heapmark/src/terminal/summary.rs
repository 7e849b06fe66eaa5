use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use super::words::{doubt, unmet};
use heapmark_model::format::{plural, visible_lines};
use heapmark_model::record::{Entry, Run};

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
        for broken in unmet(entry) {
            status(out, "UNMET", &format!("{}  {broken}", entry.case.id))?;
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

/// How many cases there are, and how each of them ended. One that was counted and failed in a later
/// pass has failed.
fn headline(run: &Run) -> String {
    let failed: BTreeSet<&str> = run.failures.iter().map(|one| one.id.as_str()).collect();
    let entries = run.entries.iter();
    let measured = entries.filter(|entry| !failed.contains(entry.case.id.as_str()));
    let (exact, sampled): (Vec<&Entry>, Vec<&Entry>) = measured.partition(|entry| entry.is_exact());
    let cases = exact.len() + sampled.len() + failed.len();
    let unmet: usize = run.entries.iter().map(|entry| unmet(entry).count()).sum();
    let mut parts = Vec::new();
    if !exact.is_empty() && exact.len() == cases {
        parts.push("all exact".to_owned());
    } else {
        let numbers = [
            (exact.len(), "exact"),
            (sampled.len(), "sampled"),
            (failed.len(), "failed"),
        ];
        let numbers = numbers.into_iter().filter(|(number, _)| *number > 0);
        parts.extend(numbers.map(|(number, word)| format!("{number} {word}")));
    }
    if unmet > 0 {
        parts.push(format!("{} unmet", plural(unmet, "assertion")));
    }
    format!("{}: {}", plural(cases, "case"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::headline;
    use heapmark_model::analysis::planted::run;
    use heapmark_model::record::{Doubt, Expected, Failure, Metric, Value};

    #[test]
    fn each_case_is_counted_once_and_by_how_it_ended() {
        let fails = |run: &mut heapmark_model::record::Run, id: &str| {
            run.failures.push(Failure {
                id: id.to_owned(),
                reason: "panicked".to_owned(),
            });
        };
        assert_eq!(headline(&run(&["a/x"])), "1 case: all exact");
        let mut only = run(&[]);
        fails(&mut only, "a/x");
        assert_eq!(headline(&only), "1 case: 1 failed");

        let mut mixed = run(&["a/exact", "a/sampled", "a/untimed"]);
        let sampled = Value {
            exact: false,
            why: Some(Doubt::OtherThreads),
            ..Value::exact(1)
        };
        mixed.entries[1].metrics.insert(Metric::Allocs, sampled);
        fails(&mut mixed, "a/untimed");
        fails(&mut mixed, "a/broken");
        assert_eq!(headline(&mixed), "4 cases: 1 exact, 1 sampled, 2 failed");

        let mut unmet = run(&["a/x"]);
        unmet.entries[0].expected = vec![Expected {
            claim: "allocs == 0".to_owned(),
            met: false,
        }];
        assert_eq!(headline(&unmet), "1 case: all exact, 1 assertion unmet");
    }
}
