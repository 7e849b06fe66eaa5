#[cfg(feature = "records")]
use {
    schemars::JsonSchema,
    serde::{Deserialize, Serialize},
};

/// A group of cases, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct GroupInfo {
    /// The name, as in `string_allocations`.
    pub name: String,
    /// What its cases have in common, and how they are compared.
    pub summary: String,
}

/// Which case a number belongs to, and what the case is there to show.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "records", derive(Serialize, Deserialize, JsonSchema))]
pub struct CaseInfo {
    /// Joins the names below, as in `allocation_sizes/vec_alloc/64`: in its short form, or in its
    /// long form where the short one would name several cases of the suite or lose a name. History
    /// is kept under it.
    pub id: String,
    /// One of the suite's groups, as in `string_allocations`.
    pub group: String,
    /// What a reader wants to know inside the group, as in `hold a short key`.
    pub question: Option<String>,
    /// One answer to the question, or the name of the case where there is no question.
    pub variant: String,
    /// The size the case was run at, in the unit that its summary names.
    pub parameter: Option<u64>,
    /// One sentence on what the case shows.
    pub summary: String,
    /// The source file that holds the case, relative to the workspace.
    pub file: String,
}
