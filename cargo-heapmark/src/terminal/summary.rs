//! The last lines of a report: the cases that need attention, and a summary.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use super::words::{instability, unmet};
use heapmark_model::format::{plural, visible_lines};
use heapmark_model::record::{Entry, Run};

/// A run, and where its record and its site are.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
    /// The run.
    pub run: &'a Run,
    /// The path of its record, or the reason why it was not recorded.
    pub record: Result<&'a Path, &'a str>,
    /// The page to open, if a site was rendered.
    pub index: Option<&'a Path>,
}

/// Writes one line per case that needs attention, and the summary:
///
/// ```text
///     VARIES  hashmap_allocations/…  iterations differ within one process
///     FAILED  vec_allocations/…      panicked: index out of bounds
///    Summary  47 cases: 45 exact, 1 varies, 1 failed · results/…/….json
///       Site  target/site/index.html
/// ```
///
/// # Errors
///
/// If writing to `out` fails.
pub fn summary(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    let run = outcome.run;
    writeln!(out)?;
    for entry in &run.entries {
        if let Some(why) = instability(entry) {
            status(out, "VARIES", &format!("{}  {why}", entry.case.id))?;
        }
        if let Some(growth) = &entry.growth
            && entry.leaks_undeclared()
        {
            let rate = super::leaks::slope(growth);
            status(out, "LEAKS", &format!("{}  {rate}", entry.case.id))?;
        }
        for broken in unmet(entry) {
            status(out, "ASSERTION", &format!("{}  {broken}", entry.case.id))?;
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

/// The column in which texts begin, after the status word and two spaces.
const TEXT: usize = 12;

/// Writes a line. Status words are right-aligned. A text may contain any panic message.
fn status(out: &mut dyn Write, word: &str, text: &str) -> io::Result<()> {
    writeln!(out, "{word:>10}  {}", visible_lines(text, TEXT))
}

/// The number of cases by result. A case that was counted but failed in a later pass has failed.
fn headline(run: &Run) -> String {
    let failed: BTreeSet<&str> = run.failures.iter().map(|one| one.id.as_str()).collect();
    let entries = run.entries.iter();
    let measured = entries.filter(|entry| !failed.contains(entry.case.id.as_str()));
    let (exact, sampled): (Vec<&Entry>, Vec<&Entry>) = measured.partition(|entry| entry.is_exact());
    let cases = exact.len() + sampled.len() + failed.len();
    let unmet: usize = run.entries.iter().map(|entry| unmet(entry).count()).sum();
    let entries = run.entries.iter();
    let leaking = entries.filter(|entry| entry.leaks_undeclared()).count();
    let mut parts = Vec::new();
    if !exact.is_empty() && exact.len() == cases {
        let all = if cases == 1 { "exact" } else { "all exact" };
        parts.push(all.to_owned());
    } else {
        let numbers = [
            (exact.len(), "exact"),
            (
                sampled.len(),
                if sampled.len() == 1 { "varies" } else { "vary" },
            ),
            (failed.len(), "failed"),
        ];
        let numbers = numbers.into_iter().filter(|(number, _)| *number > 0);
        parts.extend(numbers.map(|(number, word)| format!("{number} {word}")));
    }
    if leaking > 0 {
        let leak = if leaking == 1 { "leaks" } else { "leak" };
        parts.push(format!("{leaking} {leak} without declaring it"));
    }
    if unmet > 0 {
        let fail = if unmet == 1 { "fails" } else { "fail" };
        parts.push(format!("{} {fail}", plural(unmet, "assertion")));
    }
    format!("{}: {}", plural(cases, "case"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::headline;
    use heapmark_model::analysis::planted::run;
    use heapmark_model::record::{Expected, Failure, Growth, Instability, Metric, Value, Verdict};

    #[test]
    fn each_case_is_counted_once_and_by_how_it_ended() {
        let fails = |run: &mut heapmark_model::record::Run, id: &str| {
            run.failures.push(Failure {
                id: id.to_owned(),
                reason: "panicked".to_owned(),
            });
        };
        assert_eq!(headline(&run(&["a/x"])), "1 case: exact");
        let mut only = run(&[]);
        fails(&mut only, "a/x");
        assert_eq!(headline(&only), "1 case: 1 failed");

        let mut mixed = run(&["a/exact", "a/sampled", "a/untimed"]);
        let sampled = Value {
            exact: false,
            why: Some(Instability::OtherThreads),
            ..Value::exact(1)
        };
        mixed.entries[1].metrics.insert(Metric::Allocs, sampled);
        fails(&mut mixed, "a/untimed");
        fails(&mut mixed, "a/broken");
        assert_eq!(headline(&mixed), "4 cases: 1 exact, 1 varies, 2 failed");

        let mut unmet = run(&["a/x"]);
        unmet.entries[0].expected = vec![Expected {
            claim: "allocs == 0".to_owned(),
            met: false,
        }];
        assert_eq!(headline(&unmet), "1 case: exact, 1 assertion fails");

        let mut leaking = run(&["a/x"]);
        leaking.entries[0].growth = Some(Box::new(Growth {
            verdict: Verdict::Leak,
            declared: None,
            reason: "live blocks rise".to_owned(),
            steps: 1_000,
            bytes_per_million: 1_000_000,
            blocks_per_million: 1_000_000,
            floor: Vec::new(),
            ceiling: Vec::new(),
            callsites: Vec::new(),
        }));
        assert_eq!(
            headline(&leaking),
            "1 case: exact, 1 leaks without declaring it"
        );
    }
}
