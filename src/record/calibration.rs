use serde::{Deserialize, Serialize};

use super::{Commit, Machine, Suite, TimeSettings, Toolchain};

/// How far the intervals of times can be trusted, found by repeating whole reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
pub struct Calibration {
    /// The version of the layout, that of a [`Run`](super::Run).
    pub schema: u32,
    /// The version of heapmark that wrote the record.
    pub heapmark: String,
    /// The code that was measured.
    pub commit: Commit,
    /// When it was measured, in UTC, to the second.
    pub measured_at: String,
    /// The machine that it was measured on.
    pub machine: Machine,
    /// What built it.
    pub toolchain: Toolchain,
    /// The bench target whose cases were timed.
    pub suite: Suite,
    /// How the last of the reports took its times; the others differ by seed and load.
    pub time: TimeSettings,
    /// How often intervals held what they should, a line for each condition.
    pub coverage: Vec<Coverage>,
}

/// How often the intervals of one condition held the median of the other reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
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
