//! The value of a metric, and why it may not be exact.

#[cfg(feature = "records")]
use {
    schemars::JsonSchema,
    serde::{Deserialize, Serialize},
};

use super::Rate;
#[cfg(feature = "records")]
use super::stored::brief;

/// The value of one metric of one case: exact, or varying with its spread and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "records",
    derive(Serialize, Deserialize, JsonSchema),
    serde(from = "brief::Value", into = "brief::Value")
)]
pub struct Value {
    /// The value of every repetition, or their median; `None` if it is unknown.
    pub value: Option<i64>,
    /// Whether all repetitions in all processes agree.
    pub exact: bool,
    /// The lowest and highest repetition, if the value varies.
    pub spread: Option<Spread>,
    /// Why the value is not exact.
    pub why: Option<Instability>,
    /// The sums over many iterations, if the value is not exact and they were measured.
    pub rate: Option<Rate>,
}

impl Value {
    /// A value on which all repetitions agree.
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

/// The lowest and highest value.
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
pub enum Instability {
    /// Other threads allocate, so that the order of events is not determined.
    OtherThreads,
    /// Repetitions in one process differ.
    RepetitionsDiffer,
    /// Processes differ from each other, while repetitions within each process agree.
    ProcessesDiffer,
    /// The control counter (stats_alloc) counted other totals.
    #[cfg_attr(feature = "records", serde(rename = "witness_disagrees"))]
    ControlDisagrees,
    /// This run agrees, but an earlier run varied.
    VariedBefore,
}
