//! Records of calibrations, which measure how reliable times are.

use serde::{Deserialize, Serialize};

use super::{Provenance, Suite, TimeSettings};

/// A calibration of times: the coverage of their intervals over repeated reports, or the verdicts
/// of comparisons whose true result is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// Where the record comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// The bench target whose cases were timed.
    pub suite: Suite,
    /// How the last of the reports measured its times; the others differ by seed and load. Absent
    /// if comparisons were repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeSettings>,
    /// The coverage of the intervals, one line per condition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<Coverage>,
    /// The verdicts of comparisons on times, one line per condition and judge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdicts>,
}

/// How often the intervals of one condition contain the median of the other reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The number of builds, which differ by functions that no case calls; 1 for the same binary.
    pub builds: u32,
    /// The number of processors that other work kept busy.
    pub busy_processors: u32,
    /// The number of whole reports.
    pub reports: u32,
    /// The number of intervals, one for each case of each report.
    pub intervals: u32,
    /// The number of intervals that contain the median of all launches of the other reports.
    pub covered: u32,
    /// The median half width of the intervals, in millionths of the time.
    pub half_width_millionths: u32,
}

/// The verdicts of comparisons on times whose true result is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// The method that judged.
    pub judge: Judge,
    /// The number of heads that differ from the base by functions that no case calls; 0 if all have
    /// the binary of the base, in other link orders.
    pub builds: u32,
    /// By how many percent each case of the head was slowed down on purpose.
    pub slower_percent: u32,
    /// How the cases were slowed down; absent if none were, and in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planted: Option<Planted>,
    /// Seconds that each comparison had for times; absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Paired rounds per case; 0 if the judge does not use them.
    #[serde(rename = "units")]
    pub rounds: u32,
    /// The number of whole comparisons.
    pub comparisons: u32,
    /// The number of cases judged, over all comparisons.
    pub cases: u32,
    /// Cases judged slower.
    pub worse: u32,
    /// Cases judged faster.
    pub better: u32,
    /// Cases judged neither slower nor faster with certainty.
    pub undecided: u32,
    /// Cases whose verdict was withheld.
    pub withheld: u32,
    /// Cases in which the comparison stated that it would find a change of 5 %.
    #[serde(default)]
    pub findable: u32,
    /// The number of these cases that were judged slower.
    #[serde(default)]
    pub findable_worse: u32,
}

/// A way to slow a case down on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Planted {
    /// Its time and its instructions increase.
    Visible,
    /// Its time increases, but its instructions do not show it.
    Invisible,
}

/// A method that judges whether a time changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// The method of `compare`.
    Compare,
    /// The method of `compare`, with each side in one link order, as without shuffled code.
    #[serde(rename = "one_layout")]
    OneLinkOrder,
    /// Welch's test over all batches that `compare` measured, each treated as independent,
    /// corrected for the number of cases.
    PooledSamples,
    /// criterion, compared with its saved baseline.
    SavedBaseline,
}
