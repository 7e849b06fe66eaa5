//! How often comparisons of times are wrong and how much they see, as a calibration found it.

use serde::Serialize;

use heapmark_model::analysis::share_interval;
use heapmark_model::format;
use heapmark_model::record::{Calibration, Judge, Planted, Run, Verdicts};

/// What comparisons said of times whose truth was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictTable {
    /// When and how that was measured.
    pub note: String,
    /// One line a condition and judge.
    pub rows: Vec<VerdictRow>,
}

/// What one judge said in one condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictRow {
    /// What the head was.
    pub condition: String,
    /// Who judged.
    pub judge: &'static str,
    /// Whether that is what `compare` does, or stands beside it as a control.
    pub control: bool,
    /// Cases, over all comparisons.
    pub cases: String,
    /// How many of them were called changed, where nothing had, or slower, where they were.
    pub found: String,
    /// The share of those, with its 95 % interval.
    pub share: String,
}

/// What the newest calibration of this machine found; none is guessed from another machine.
pub(super) fn verdicts(run: &Run, calibrations: &[Calibration]) -> Option<VerdictTable> {
    let mut of_machine = calibrations
        .iter()
        .filter(|calibration| calibration.provenance.machine.id == run.machine.id)
        .filter(|calibration| !calibration.verdicts.is_empty());
    let newest = of_machine.next_back()?;
    let lines = newest.verdicts.iter().filter(|line| line.cases > 0);
    Some(VerdictTable {
        note: format!(
            "The suite was compared with itself on this machine, {} at {}: what did not change may be called changed in 1 % of cases, what takes 5 % longer has to be called slower in 90 %. The controls judge by what is common elsewhere.",
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
                format!("the same binary, slowed by {percent} % with instructions that show it")
            }
            Some(Planted::Invisible) => {
                format!("the same binary, slowed by {percent} % and instructions do not show it")
            }
        },
        (builds, _) => format!(
            "{} with functions that no case calls",
            format::plural(builds as usize, "build")
        ),
    };
    let units = match (line.seconds, line.units) {
        (Some(seconds), 1..) => format!(", {seconds} s for times"),
        (_, 0) => String::new(),
        (None, units) => format!(", {}", format::plural(units as usize, "unit")),
    };
    let found = match line.slower_percent {
        0 => line.worse + line.better,
        _ => line.worse,
    };
    let (low, high) = share_interval(found, line.cases);
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    VerdictRow {
        condition: format!("{condition}{units}"),
        judge: match line.judge {
            Judge::Compare => "compare",
            Judge::OneLayout => "compare, one layout a side",
            Judge::PooledSamples => "all batches pooled, Welch\u{2019}s test",
            Judge::SavedBaseline => "criterion, saved baseline",
        },
        control: line.judge != Judge::Compare,
        cases: number(line.cases),
        found: match line.planted {
            Some(Planted::Invisible) if line.judge == Judge::Compare => format!(
                "{}; {} of the {} that it called findable",
                number(found),
                number(line.findable_worse),
                number(line.findable)
            ),
            _ => number(found),
        },
        share: format!(
            "{} %, {} … {}",
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
        units: 32,
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
    fn whatever_changed_is_wrong_where_nothing_did() {
        let row = row(&LINE);
        assert_eq!((&*row.found, &*row.cases), ("3", "800"));
        assert_eq!(row.share, "0.4 %, 0.1 … 1.1");
        assert_eq!(
            row.condition,
            "20 builds with functions that no case calls, 32 units"
        );
    }

    #[test]
    fn only_what_is_slower_is_right_where_all_were_slowed() {
        let row = row(&Verdicts {
            builds: 0,
            slower_percent: 5,
            worse: 760,
            ..LINE
        });
        assert_eq!(row.found, "760");
        assert_eq!(row.condition, "the same binary, slowed by 5 %, 32 units");
    }
}
