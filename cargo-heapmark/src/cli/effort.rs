use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::runner::TimePlan;

/// How much time to spend on times.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Effort {
    /// Count, and take no times.
    #[arg(long, conflicts_with_all = ["quick", "thorough", "seed"])]
    pub counts_only: bool,
    /// A dozen launches a case.
    #[arg(long, conflicts_with = "thorough")]
    pub quick: bool,
    /// Many launches a case, until intervals are half a percent wide to each side, within minutes.
    #[arg(long)]
    pub thorough: bool,
    /// What code layouts, heap seeds and the order of launches are drawn from [default: random].
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u32>,
}

impl Effort {
    /// How to take times; `None` for no times.
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

/// A number that differs from run to run, from the seeds that the system gives to hash maps.
pub(super) fn random() -> u32 {
    RandomState::new().hash_one(()) as u32
}
