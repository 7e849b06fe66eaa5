//! The flags of `report` that choose how much time is spent on timing.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::runner::TimePlan;

/// Timing effort.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Effort {
    /// Only count; do not measure times or instructions.
    #[arg(long, conflicts_with_all = ["quick", "thorough", "seed"])]
    pub counts_only: bool,
    /// Time each case in 12 processes instead of 20 to 60; do not count instructions.
    #[arg(long, conflicts_with = "thorough")]
    pub quick: bool,
    /// Time each case in 60 to 240 processes, to reduce the random error to about ±0.5 % (takes
    /// minutes).
    #[arg(long)]
    pub thorough: bool,
    /// Random seed for link order, heap state and run order [default: random].
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u32>,
}

impl Effort {
    /// How to measure times; `None` with `--counts-only`.
    pub fn plan(&self) -> Option<TimePlan> {
        if self.counts_only {
            return None;
        }
        let usual = TimePlan {
            seed: self.seed.unwrap_or_else(random),
            launches: 20,
            max_launches: 60,
            precision: 0.01,
            budget: Duration::from_secs(30),
            batches: 15,
            batch_microseconds: 150,
        };
        Some(match (self.quick, self.thorough) {
            (true, _) => TimePlan {
                launches: 12,
                max_launches: 12,
                batches: 7,
                ..usual
            },
            (_, true) => TimePlan {
                launches: 60,
                max_launches: 240,
                precision: 0.005,
                budget: Duration::from_secs(300),
                ..usual
            },
            _ => usual,
        })
    }
}

/// A random number, from the random seed of the standard library's hash maps.
pub(super) fn random() -> u32 {
    RandomState::new().hash_one(()) as u32
}
