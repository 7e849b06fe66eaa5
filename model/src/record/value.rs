#[cfg(feature = "records")]
use {
    schemars::JsonSchema,
    serde::{Deserialize, Serialize},
};

use super::Rate;
#[cfg(feature = "records")]
use super::stored::brief;

/// One metric of one case: exact, or sampled with its spread and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "records",
    derive(Serialize, Deserialize, JsonSchema),
    serde(from = "brief::Value", into = "brief::Value")
)]
pub struct Value {
    /// The value of every repetition, or their median; `None` where it cannot be known.
    pub value: Option<i64>,
    /// Whether every repetition in every process agreed.
    pub exact: bool,
    /// Lowest and highest repetition of a sampled value.
    pub spread: Option<Spread>,
    /// Why a value is not exact.
    pub why: Option<Doubt>,
    /// What many iterations of a value that is not exact add up to, if that was measured.
    pub rate: Option<Rate>,
}

impl Value {
    /// A value that every repetition agreed on.
    pub fn exact(value: i64) -> Self {
        Self {
            value: Some(value),
            exact: true,
            spread: None,
            why: None,
            rate: None,
        }
    }
}

/// Lowest and highest value seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct Spread {
    /// Lowest.
    pub min: i64,
    /// Highest.
    pub max: i64,
}

/// Why a metric is not exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "records",
    derive(Serialize, Deserialize, JsonSchema),
    serde(rename_all = "snake_case")
)]
pub enum Doubt {
    /// Other threads touch the heap, so that events have no order of their own.
    OtherThreads,
    /// Repetitions in one process differ.
    RepetitionsDiffer,
    /// Processes differ from each other, each being steady.
    ProcessesDiffer,
    /// stats_alloc, the independent counter, saw other totals.
    WitnessDisagrees,
    /// This run agreed, but an earlier run of the same code did not.
    VariedBefore,
}
