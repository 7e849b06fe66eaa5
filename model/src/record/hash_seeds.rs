//! The source of hash seeds.

use crate::json::json_word;

/// The source of the hash seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
pub enum HashSeeds {
    /// The operating system; new seeds in each process.
    Random,
    /// A fixed sequence, the same in each process.
    Fixed,
}

json_word!(HashSeeds {
    Random = "random",
    Fixed = "fixed",
});
