use serde::{Deserialize, Serialize};

/// What several tools counted of the same requests, each in its own way. Where they differ, a tool
/// or its parser is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The revision that was measured, where it is known.
    pub commit: Option<String>,
    /// Requests under each tool.
    pub requests: u64,
    /// A total for each tool.
    pub totals: Vec<Total>,
}

/// All that one tool counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// The tool.
    pub tool: String,
    /// Blocks that the server asked for.
    pub blocks: u64,
}

impl Agreement {
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

    fn of(totals: &[u64]) -> Agreement {
        let total = |blocks: &u64| Total {
            tool: "tool".to_owned(),
            blocks: *blocks,
        };
        Agreement {
            commit: None,
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
