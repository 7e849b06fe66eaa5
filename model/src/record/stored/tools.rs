//! Records of what memory tools report about known leaks.

use serde::{Deserialize, Serialize};

use super::{Frame, Provenance};

/// What several tools report about known leaks, under the same work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolRecord {
    /// Where the record comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// The program that was profiled.
    pub subject: ToolSubject,
    /// For the server, the number of requests to each pattern without the warm-up. For the suite,
    /// the number of iterations of each case.
    pub repetitions: u64,
    /// One row per tool.
    pub tools: Vec<ToolRow>,
    /// What several tools counted for the same requests; absent if this was not requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<ToolAgreement>,
}

/// A program that tools profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolSubject {
    /// The leak patterns of the example server.
    Server,
    /// The leak patterns of the suite, each in a process that exits normally.
    Suite,
}

/// The results of one tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolRow {
    /// The tool, by its name for `cargo xtask profile`.
    pub tool: String,
    /// The version that the tool reports, if it reports one.
    pub version: Option<String>,
    /// One cell per pattern, in the same order in every row.
    pub cells: Vec<ToolCell>,
}

/// The result of one tool for one pattern. A value that the tool does not know is null, never 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCell {
    /// The last part of the endpoint's path, as in `thread-local`, or the id of a case.
    pub pattern: String,
    /// The verdict by the tool's rule.
    pub verdict: ToolVerdict,
    /// Bytes that remain per request or iteration.
    pub bytes: Option<f64>,
    /// Blocks that remain per request or iteration.
    pub blocks: Option<f64>,
    /// The innermost call site in the program's own code that the tool reports.
    pub callsite: Option<Frame>,
}

/// The verdict on a pattern by a tool's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolVerdict {
    /// The tool reports a leak.
    Leak,
    /// The tool reports no leak, although its rule could.
    Nothing,
    /// The tool's rule cannot detect a pattern of this kind.
    CannotSee,
    /// The tool is not installed, or did not finish.
    Missing,
}

/// What several tools counted for the same requests, each in its own way. If they differ, one of
/// the tools, or its parser, is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolAgreement {
    /// The number of requests under each tool.
    pub requests: u64,
    /// One total per tool.
    pub totals: Vec<ToolTotal>,
}

/// The total of one tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolTotal {
    /// The tool.
    pub tool: String,
    /// Blocks that the server allocated.
    pub blocks: u64,
}

impl ToolAgreement {
    /// The share by which the totals may differ.
    pub const MOST: f64 = 0.005;

    /// By which share the highest total exceeds the lowest; infinite if nothing was counted, which
    /// is not an agreement.
    pub fn spread(&self) -> f64 {
        let blocks = || self.totals.iter().map(|total| total.blocks);
        match (blocks().min(), blocks().max()) {
            (Some(least), Some(most)) if least > 0 => (most - least) as f64 / least as f64,
            _ => f64::INFINITY,
        }
    }

    /// Whether the totals differ by no more than [`MOST`](Self::MOST).
    pub fn holds(&self) -> bool {
        self.spread() <= Self::MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(totals: &[u64]) -> ToolAgreement {
        let total = |blocks: &u64| ToolTotal {
            tool: "tool".to_owned(),
            blocks: *blocks,
        };
        ToolAgreement {
            requests: 1,
            totals: totals.iter().map(total).collect(),
        }
    }

    #[test]
    fn totals_that_differ_by_up_to_half_a_per_cent_agree() {
        assert!(of(&[200_000, 200_900, 201_000]).holds());
        assert!(!of(&[200_000, 201_100]).holds());
    }

    #[test]
    fn tools_that_count_nothing_do_not_agree() {
        assert!(!of(&[0, 0]).holds());
        assert!(!of(&[]).holds());
    }
}
