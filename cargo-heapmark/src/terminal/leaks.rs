//! The growth of each case as text: one line per case, the call sites of leaks, and a summary.

use std::io::{self, Write};

use heapmark_model::format::{growth_rate, plural, visible};
use heapmark_model::record::{Failure, Frame, GrowingSite, Growth, Verdict};

/// Writes one line per case, with a small chart of the highest live bytes over the iterations:
///
/// ```text
///    STEADY  drop_timing/drop_small_vec       ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  20,000 steps
///     LEAKS  leak_patterns/…/problem          ▁▁▂▂▃▃▄▄▅▅▆▆▇▇██  12,500 steps  +108 B +1 block a step  as declared
///              benches/…/unbounded_cache.rs:41  answer
///   Summary  2 cases: 1 leaks as declared, 1 steady
/// ```
///
/// # Errors
///
/// If writing to `out` fails.
pub fn leaks(
    cases: &[(String, Growth)],
    failures: &[Failure],
    out: &mut dyn Write,
) -> io::Result<()> {
    let widest = cases.iter().map(|(id, _)| visible(id).chars().count());
    let width = widest.max().unwrap_or(0);
    for (id, growth) in cases {
        let word = growth.verdict.to_string();
        let drawn = sparkline(growth.highest());
        let steps = steps(growth);
        let rest = rest(growth);
        let id = visible(id);
        writeln!(out, "{word:>10}  {id:width$}  {drawn}  {steps}{rest}")?;
        for site in &growth.callsites {
            writeln!(out, "{:14}{}", "", place(site))?;
        }
    }
    for failure in failures {
        let (id, reason) = (visible(&failure.id), visible(&failure.reason));
        writeln!(out, "{:>10}  {id}  {reason}", "FAILED")?;
    }
    writeln!(out, "{:>10}  {}", "Summary", headline(cases, failures))
}

/// A number of steps with its noun, as in `20,000 steps`.
fn steps(growth: &Growth) -> String {
    plural(usize::try_from(growth.steps).unwrap_or(usize::MAX), "step")
}

/// The remark on a case, unless it is simply steady.
pub(super) fn rest(growth: &Growth) -> String {
    let mut rest = String::new();
    match growth.verdict {
        Verdict::Leak => {
            rest.push_str("  ");
            rest.push_str(&slope(growth));
            // The reason then states why no call site is known.
            if growth.callsites.is_empty() {
                rest.push_str(&format!("  {}", visible(&growth.reason)));
            }
        }
        Verdict::Steady => {
            if let Some(hint) = growth.hint() {
                rest.push_str(&format!("  {hint}"));
            }
        }
        _ => rest.push_str(&format!("  {}", visible(&growth.reason))),
    }
    match growth.declared {
        Some(Verdict::Steady) | None if growth.verdict == Verdict::Steady => {}
        Some(declared) if declared == growth.verdict => rest.push_str("  as declared"),
        _ => {}
    }
    if let Some(claim) = growth.claim().filter(|claim| !claim.met) {
        rest.push_str(&format!("  not as declared: {}", claim.claim));
    }
    rest
}

/// The growth per step, as in `+108.5 B +1 block a step`.
pub(super) fn slope(growth: &Growth) -> String {
    let [bytes, blocks] = [growth.bytes_per_million, growth.blocks_per_million];
    growth_rate(bytes as f64 / 1e6, blocks as f64 / 1e6, "a step")
}

/// The reason why the growth of a case makes a command fail, as in `leaks +64 B +1 block a step …`;
/// `None` if it does not.
pub fn wrong_growth(growth: &Growth) -> Option<String> {
    if let Some(claim) = growth.claim().filter(|claim| !claim.met) {
        let (is, reason) = (growth.verdict, &growth.reason);
        return Some(format!("asserts {}, but is {is}: {reason}", claim.claim));
    }
    let leaks = growth.is_undeclared_leak();
    leaks.then(|| {
        let slope = slope(growth);
        format!("leaks {slope}; fix the leak, or declare it with `growth == leak`")
    })
}

pub(super) fn place(site: &GrowingSite) -> String {
    match site.frames.as_slice() {
        [] => "the call stack has only frames of std".to_owned(),
        [
            Frame {
                function, line: 0, ..
            },
            ..,
        ] => visible(function),
        [
            Frame {
                function,
                file,
                line,
            },
            ..,
        ] => visible(&format!("{file}:{line}  {function}")),
    }
}

/// A bar for each level, in eighths of the range.
fn sparkline(levels: &[i64]) -> String {
    const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let lowest = levels.iter().copied().min().unwrap_or(0).min(0);
    let highest = levels.iter().copied().max().unwrap_or(0).max(0);
    let range = (highest - lowest).max(1) as f64;
    let eighth = |&level: &i64| EIGHTHS[((level - lowest) as f64 / range * 7.0).round() as usize];
    levels.iter().map(eighth).collect()
}

pub(super) fn headline(cases: &[(String, Growth)], failures: &[Failure]) -> String {
    let count = |is: &dyn Fn(&Growth) -> bool| cases.iter().filter(|(_, one)| is(one)).count();
    let declared = |growth: &Growth| growth.declared == Some(growth.verdict);
    let parts = [
        (count(&|one| one.is_undeclared_leak()), ["leaks", "leak"]),
        (
            count(&|one| one.verdict == Verdict::Leak && declared(one)),
            ["leaks as declared", "leak as declared"],
        ),
        (
            count(&|one| one.verdict == Verdict::Retains),
            [
                "retains memory after a spike",
                "retain memory after a spike",
            ],
        ),
        (
            count(&|one| one.verdict == Verdict::Undecided),
            ["undecided"; 2],
        ),
        (count(&|one| one.verdict == Verdict::Steady), ["steady"; 2]),
        (failures.len(), ["failed"; 2]),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, [one, many])| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    let unlike = match count(&Growth::is_unlike_declared) {
        0 => String::new(),
        unlike => format!("; {unlike} not as declared"),
    };
    format!(
        "{}: {}{unlike}",
        plural(cases.len() + failures.len(), "case"),
        parts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::{leaks, sparkline};
    use heapmark_model::record::{Failure, Frame, GrowingSite, Growth, Verdict};

    fn growth(verdict: Verdict, declared: Option<Verdict>, floor: Vec<i64>) -> Growth {
        let leaks = verdict == Verdict::Leak;
        let frame = Frame {
            function: "answer".to_owned(),
            file: "src/cache.rs".to_owned(),
            line: 41,
        };
        let site = GrowingSite {
            bytes_per_million: 1,
            blocks_per_million: 1,
            frames: vec![frame],
        };
        Growth {
            verdict,
            declared,
            reason: "why".to_owned(),
            steps: 20_000,
            bytes_per_million: if leaks { 108_500_000 } else { 0 },
            blocks_per_million: if leaks { 1_000_000 } else { 0 },
            floor,
            ceiling: Vec::new(),
            callsites: if leaks { vec![site] } else { Vec::new() },
        }
    }

    #[test]
    fn every_line_that_can_be_said_looks_like_this() {
        let cases = [
            (Verdict::Steady, None),
            (Verdict::Leak, None),
            (Verdict::Leak, Some(Verdict::Leak)),
            (Verdict::Retains, Some(Verdict::Retains)),
            (Verdict::Undecided, Some(Verdict::Steady)),
            (Verdict::Steady, Some(Verdict::Leak)),
        ];
        let cases = cases.map(|(found, said)| ("g/c".to_owned(), growth(found, said, vec![0, 7])));
        let failure = Failure {
            id: "g/f".to_owned(),
            reason: "panicked".to_owned(),
        };
        let mut out = Vec::new();
        leaks(&cases, &[failure], &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "    STEADY  g/c  ▁█  20,000 steps
     LEAKS  g/c  ▁█  20,000 steps  +108.5 B +1 block a step
              src/cache.rs:41  answer
     LEAKS  g/c  ▁█  20,000 steps  +108.5 B +1 block a step  as declared
              src/cache.rs:41  answer
   RETAINS  g/c  ▁█  20,000 steps  why  as declared
 UNDECIDED  g/c  ▁█  20,000 steps  why  not as declared: growth == steady
    STEADY  g/c  ▁█  20,000 steps  not as declared: growth == leak
    FAILED  g/f  panicked
   Summary  7 cases: 1 leaks, 1 leaks as declared, 1 retains memory after a spike, 1 undecided, 2 steady, 1 failed; 2 not as declared
"
        );
    }

    #[test]
    fn a_level_line_lies_at_the_bottom() {
        assert_eq!(sparkline(&[0, 0]), "▁▁");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[-8, 0, 8]), "▁▅█");
    }
}
