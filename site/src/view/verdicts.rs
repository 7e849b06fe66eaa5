//! How often comparisons of times are wrong, and which changes they find: measured by calibration.

use serde::Serialize;

use heapmark_model::analysis::share_interval;
use heapmark_model::format;
use heapmark_model::record::{Calibration, Judge, Planted, Run, Verdicts};

/// The verdicts of comparisons whose correct result was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictTable {
    /// When and how that was measured.
    pub note: String,
    /// One row per condition and method.
    pub rows: Vec<VerdictRow>,
}

/// The verdicts of one method in one condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictRow {
    /// How the head differs from the base.
    pub condition: String,
    /// The method that judged.
    pub judge: &'static str,
    /// Whether this is a control, and not the method of `compare`.
    pub control: bool,
    /// Cases, over all comparisons.
    pub cases: String,
    /// How many of them were judged changed if nothing had changed, or slower if the head was.
    pub found: String,
    /// Their share, with its 95 % confidence interval.
    pub share: String,
}

/// The result of the newest calibration of this machine. Results of other machines are not used.
pub(super) fn verdicts(run: &Run, calibrations: &[Calibration]) -> Option<VerdictTable> {
    let mut of_machine = calibrations
        .iter()
        .filter(|calibration| calibration.provenance.machine.id == run.machine.id)
        .filter(|calibration| !calibration.verdicts.is_empty());
    let newest = of_machine.next_back()?;
    let lines = newest.verdicts.iter().filter(|line| line.cases > 0);
    Some(VerdictTable {
        note: format!(
            "The suite was compared with itself on this machine on {}, at commit {}. Two aims: at most 1 % of the unchanged cases are called changed, and at least 90 % of the cases that take 5 % longer are called slower. If instructions do not show the slowdown, the second aim applies to findable cases only. A case is findable if the comparison states that it would find such a change. Controls are other methods, applied to the same code.",
            format::day(&newest.provenance.measured_at),
            format::abbreviated(&newest.provenance.commit.sha),
        ),
        rows: lines.map(row).collect(),
    })
}

fn row(line: &Verdicts) -> VerdictRow {
    let number = |number: u32| format::count(i64::from(number));
    let condition = match (line.builds, line.slower_percent) {
        (0, 0) => "the same binary".to_owned(),
        (0, percent) => match line.planted {
            None => format!("the same binary, slowed by {percent} %"),
            Some(Planted::Visible) => {
                format!("the same binary, slowed by {percent} %, visible in instructions")
            }
            Some(Planted::Invisible) => {
                format!("the same binary, slowed by {percent} %, not visible in instructions")
            }
        },
        (builds, _) => format!(
            "{} that {} only in functions that no case calls",
            format::plural(builds as usize, "build"),
            if builds == 1 { "differs" } else { "differ" }
        ),
    };
    let rounds = match (line.seconds, line.rounds) {
        (Some(seconds), 1..) => format!(", {seconds} s of timing"),
        (_, 0) => String::new(),
        (None, rounds) => format!(", {}", format::plural(rounds as usize, "paired round")),
    };
    let found = match line.slower_percent {
        0 => line.worse + line.better,
        _ => line.worse,
    };
    let (low, high) = share_interval(found, line.cases);
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    VerdictRow {
        condition: format!("{condition}{rounds}"),
        judge: match line.judge {
            Judge::Compare => "compare",
            Judge::OneLinkOrder => "compare, one link order per side",
            Judge::PooledSamples => "all batches pooled, Welch\u{2019}s test",
            Judge::SavedBaseline => "criterion, saved baseline",
        },
        control: line.judge != Judge::Compare,
        cases: number(line.cases),
        found: match line.planted {
            Some(Planted::Invisible) if line.judge == Judge::Compare => format!(
                "{} ({} of {} findable cases)",
                number(found),
                number(line.findable_worse),
                number(line.findable)
            ),
            _ => number(found),
        },
        share: format!(
            "{} % ({}–{})",
            percent(f64::from(found) / f64::from(line.cases)),
            percent(low),
            percent(high)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::row;
    use heapmark_model::record::{Judge, Verdicts};

    const LINE: Verdicts = Verdicts {
        judge: Judge::Compare,
        builds: 20,
        slower_percent: 0,
        planted: None,
        seconds: None,
        rounds: 32,
        comparisons: 20,
        cases: 800,
        worse: 1,
        better: 2,
        undecided: 40,
        withheld: 0,
        findable: 0,
        findable_worse: 0,
    };

    #[test]
    fn every_changed_verdict_is_wrong_if_nothing_changed() {
        let row = row(&LINE);
        assert_eq!((&*row.found, &*row.cases), ("3", "800"));
        assert_eq!(row.share, "0.4 % (0.1–1.1)");
        assert_eq!(
            row.condition,
            "20 builds that differ only in functions that no case calls, 32 paired rounds"
        );
    }

    #[test]
    fn only_slower_is_right_if_all_cases_were_slowed() {
        let row = row(&Verdicts {
            builds: 0,
            slower_percent: 5,
            worse: 760,
            ..LINE
        });
        assert_eq!(row.found, "760");
        assert_eq!(
            row.condition,
            "the same binary, slowed by 5 %, 32 paired rounds"
        );
    }
}
