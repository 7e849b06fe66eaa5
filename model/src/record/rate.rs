//! Sums of metrics over many iterations.

use crate::json::json_object;
use std::collections::BTreeMap;

use super::{Metric, Observation};
#[cfg(feature = "records")]
use {
    schemars::JsonSchema,
    serde::{Deserialize, Serialize},
};

/// The numbers of iterations after which a process reports its totals, if it gets that far.
pub const CHECKPOINTS: [u32; 4] = [1, 10, 100, 1_000];

/// The sums over the first iterations of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// The number of iterations, after one warm-up call.
    pub iterations: u32,
    /// The sum of each metric; a metric that is unknown in any iteration is absent.
    pub sums: BTreeMap<Metric, i64>,
}

impl Totals {
    /// The sums over `observations` at each checkpoint that they reach.
    pub fn of_observations(observations: &[Observation]) -> Vec<Self> {
        let reached = CHECKPOINTS
            .into_iter()
            .filter(|&checkpoint| checkpoint as usize <= observations.len());
        reached
            .map(|iterations| Self {
                iterations,
                sums: Metric::ALL
                    .into_iter()
                    .filter_map(|metric| {
                        let seen = observations[..iterations as usize].iter();
                        let values: Option<Vec<i64>> = seen.map(|one| one.get(metric)).collect();
                        let sum = values?.into_iter().fold(0_i64, i64::saturating_add);
                        Some((metric, sum))
                    })
                    .collect(),
            })
            .collect()
    }
}

/// The range of a metric that varies, over many iterations in many processes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct Rate {
    /// The number of processes that ran the case.
    pub processes: u32,
    /// The range over all processes, after each number of iterations that all of them reached.
    pub ranges: Vec<RateRange>,
}

/// The lowest and highest sum of a metric over a number of iterations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct RateRange {
    /// The number of iterations in each process.
    pub iterations: u32,
    /// The lowest sum of any process.
    pub min: i64,
    /// The highest sum of any process.
    pub max: i64,
}

impl RateRange {
    /// The lowest and the highest sum, per iteration.
    pub fn per_iteration(&self) -> (f64, f64) {
        let iterations = f64::from(self.iterations.max(1));
        (self.min as f64 / iterations, self.max as f64 / iterations)
    }
}

impl Rate {
    /// The middle of the range with the most iterations, per iteration.
    pub fn per_iteration(&self) -> Option<f64> {
        let (low, high) = self.ranges.last()?.per_iteration();
        Some(f64::midpoint(low, high))
    }
}

json_object!(Totals { iterations, sums });
