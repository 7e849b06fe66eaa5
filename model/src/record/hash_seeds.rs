use crate::json::json_word;

/// Where hash seeds came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
pub enum HashSeeds {
    /// The operating system, new for each process.
    Random,
    /// A fixed stream, the same for each process.
    Fixed,
}

json_word!(HashSeeds {
    Random = "random",
    Fixed = "fixed",
});
