//! How often the intervals of times contain the true value, as a calibration measured it.

use serde::Serialize;

use heapmark_model::analysis::COVERAGE_AIM;
use heapmark_model::format;
use heapmark_model::record::{Calibration, Coverage, Run};

/// The measured coverage of intervals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageTable {
    /// When and how that was measured.
    pub note: String,
    /// One row per condition.
    pub rows: Vec<CoverageRow>,
}

/// The coverage of intervals in one condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageRow {
    /// What was repeated, and what ran at the same time.
    pub condition: String,
    /// Whole reports.
    pub reports: String,
    /// Intervals in them.
    pub intervals: String,
    /// The share of them that contain the value, rounded down to a tenth of a percent.
    pub share: String,
    /// Whether the share reaches heapmark's aim.
    pub reached: bool,
    /// The median half-width, as a share of the time.
    pub half_width: String,
}

/// The result of the newest calibration of this machine. Results of other machines are not used.
pub(super) fn coverage(run: &Run, calibrations: &[Calibration]) -> Option<CoverageTable> {
    let mut of_machine = calibrations
        .iter()
        .filter(|calibration| calibration.provenance.machine.id == run.machine.id)
        .filter(|calibration| !calibration.coverage.is_empty());
    let newest = of_machine.next_back()?;
    let lines = newest.coverage.iter().filter(|line| line.intervals > 0);
    let rows: Vec<CoverageRow> = lines.map(covered).collect();
    Some(CoverageTable {
        note: format!(
            "Whole reports were repeated on this machine on {}, at commit {}. An interval is correct if it contains the median of all launches of the other reports. The aim is that {:.0} % of the 95 % intervals are correct.",
            format::day(&newest.provenance.measured_at),
            format::abbreviated(&newest.provenance.commit.sha),
            COVERAGE_AIM * 100.0
        ),
        rows,
    })
}

fn covered(line: &Coverage) -> CoverageRow {
    let number = |number: u32| format::count(i64::from(number));
    let builds = match line.builds {
        0 | 1 => "the same binary".to_owned(),
        builds => format!(
            "{} builds that differ only in functions that no case calls",
            number(builds)
        ),
    };
    let busy = match line.busy_processors {
        0 => String::new(),
        busy => format!(", {} kept busy", format::plural(busy as usize, "processor")),
    };
    let share = f64::from(line.covered) / f64::from(line.intervals);
    CoverageRow {
        condition: format!("{builds}{busy}"),
        reports: number(line.reports),
        intervals: number(line.intervals),
        // Rounded down, so that a share below the aim is never displayed as reaching it.
        share: format!("{:.1} %", (share * 1000.0).floor() / 10.0),
        reached: share >= COVERAGE_AIM,
        half_width: format!("{:.2} %", f64::from(line.half_width_millionths) / 1e4),
    }
}
