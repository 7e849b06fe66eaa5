//! The identity and description of a case and of its group.

#[cfg(feature = "records")]
use {
    schemars::JsonSchema,
    serde::{Deserialize, Serialize},
};

/// A group of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct GroupInfo {
    /// The name, as in `string_allocations`.
    pub name: String,
    /// What its cases have in common, and how to compare them.
    pub summary: String,
}

/// The identity of a case, and what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct CaseInfo {
    /// The name of the case in records, links and filters, as in `allocation_sizes/vec_alloc/64`.
    /// It has the long form if the short form would be ambiguous in the suite or would lose a name.
    /// The history of the case is stored under it.
    pub id: String,
    /// The group, as in `string_allocations`.
    pub group: String,
    /// A task that several cases of the group solve in different ways, as in `hold a short key`.
    pub question: Option<String>,
    /// One answer to the question; without a question, the name of the case.
    pub variant: String,
    /// The size at which the case was run, in the unit that its summary states.
    pub parameter: Option<u64>,
    /// One sentence that states what the case shows.
    pub summary: String,
    /// The source file of the case, relative to the workspace.
    pub file: String,
}
