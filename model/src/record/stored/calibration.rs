use serde::{Deserialize, Serialize};

use super::{Provenance, Suite, TimeSettings};

/// How far times can be trusted: their intervals, found by repeating whole reports, and the
/// verdicts of comparisons, found where the truth was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// The bench target whose cases were timed.
    pub suite: Suite,
    /// How the last of the reports took its times; the others differ by seed and load. Absent
    /// where comparisons were repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeSettings>,
    /// How often intervals held what they should, a line for each condition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<Coverage>,
    /// What comparisons said of times, a line for each condition and judge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdicts>,
}

/// How often the intervals of one condition held the median of the other reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Different builds, which differ by functions that no case calls; 1 for the same binary.
    pub builds: u32,
    /// Processors that other work kept busy meanwhile.
    pub busy_processors: u32,
    /// Whole reports.
    pub reports: u32,
    /// Intervals in them, one for each case of each report.
    pub intervals: u32,
    /// Intervals that held the median of all launches of the other reports.
    pub covered: u32,
    /// How wide the intervals were: the median of half their width, in millionths of the time.
    pub half_width_millionths: u32,
}

/// What comparisons said of times whose truth was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// Who judged.
    pub judge: Judge,
    /// Heads that differ from the base by functions that no case calls; 0 where all have its
    /// binary, in other layouts.
    pub builds: u32,
    /// By how many percent each case of the head was slowed on purpose.
    pub slower_percent: u32,
    /// How the cases were slowed; absent where none were, and in records of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planted: Option<Planted>,
    /// Seconds that each comparison had for times; absent in records of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Units that every case got; 0 where the judge knows none.
    pub units: u32,
    /// Whole comparisons.
    pub comparisons: u32,
    /// Cases judged in them, each comparison with cases of its own.
    pub cases: u32,
    /// Cases that were called slower.
    pub worse: u32,
    /// Cases that were called faster.
    pub better: u32,
    /// Cases of which neither was sure.
    pub undecided: u32,
    /// Cases whose verdict was withheld.
    pub withheld: u32,
    /// Cases in which the comparison said that it would find a change of 5 %.
    #[serde(default)]
    pub findable: u32,
    /// Cases among these that were called slower.
    #[serde(default)]
    pub findable_worse: u32,
}

/// A way of slowing a case on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Planted {
    /// Its time and its instructions rise.
    Visible,
    /// Its time rises, and instructions do not show it.
    Invisible,
}

/// A way of telling whether a time changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// As `compare` does.
    Compare,
    /// As `compare` does, but each side in one layout: as good as unshuffled code allows.
    OneLayout,
    /// By all batches that `compare` took, each as if it were independent: Welch's test, corrected
    /// over cases.
    PooledSamples,
    /// By criterion, against the baseline that it saved.
    SavedBaseline,
}
