use serde::{Deserialize, Serialize};

use super::{Frame, Provenance};

/// What tools say of leaks that are known, under the same work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolStudy {
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// What was watched.
    pub subject: ToolSubject,
    /// Requests to each pattern of the server, those of the warm-up left out, or iterations of each
    /// case of the suite.
    pub repetitions: u64,
    /// A row for each tool.
    pub tools: Vec<ToolRow>,
    /// What several tools counted of the same requests; absent where that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<ToolAgreement>,
}

/// What tools watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolSubject {
    /// The leak patterns of the example server.
    Server,
    /// The leak patterns of the suite, each in a process that ends in order.
    Suite,
}

/// What one tool said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolRow {
    /// The tool's name, as `cargo xtask profile` takes it.
    pub tool: String,
    /// What it says of its version, where it says so.
    pub version: Option<String>,
    /// A cell for each pattern, in the same order in every row.
    pub cells: Vec<ToolCell>,
}

/// What one tool said of one pattern. What it does not know is null, never 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCell {
    /// As in `thread-local`, the end of the endpoint's path; or the id of a case.
    pub pattern: String,
    /// What the tool's rule makes of it.
    pub verdict: ToolVerdict,
    /// Bytes that each request or iteration leaves behind.
    pub bytes: Option<f64>,
    /// Blocks that each request or iteration leaves behind.
    pub blocks: Option<f64>,
    /// The innermost place of the program's own code that the tool names.
    pub callsite: Option<Frame>,
}

/// What a tool's rule makes of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolVerdict {
    /// It reports a leak.
    Leak,
    /// It reports none, although it could.
    Nothing,
    /// Its rule cannot see a pattern of this kind.
    CannotSee,
    /// The tool is not there, or did not get to an end.
    Missing,
}

/// What several tools counted of the same requests, each in its own way. Where they differ, a tool
/// or its parser is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolAgreement {
    /// Requests under each tool.
    pub requests: u64,
    /// A total for each tool.
    pub totals: Vec<ToolTotal>,
}

/// All that one tool counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolTotal {
    /// The tool.
    pub tool: String,
    /// Blocks that the server asked for.
    pub blocks: u64,
}

impl ToolAgreement {
    /// The share by which the tools may differ.
    pub const MOST: f64 = 0.005;

    /// By which share of the least the most exceeds it; infinite where nothing was counted, which
    /// is no agreement.
    pub fn spread(&self) -> f64 {
        let blocks = || self.totals.iter().map(|total| total.blocks);
        match (blocks().min(), blocks().max()) {
            (Some(least), Some(most)) if least > 0 => (most - least) as f64 / least as f64,
            _ => f64::INFINITY,
        }
    }

    /// Whether they differ by no more than they may.
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
    fn tools_that_count_half_a_hundredth_apart_agree_and_no_further() {
        assert!(of(&[200_000, 200_900, 201_000]).holds());
        assert!(!of(&[200_000, 201_100]).holds());
    }

    #[test]
    fn tools_that_count_nothing_do_not_agree() {
        assert!(!of(&[0, 0]).holds());
        assert!(!of(&[]).holds());
    }
}
