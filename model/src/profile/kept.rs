//! A profile with the run that made it, as it is stored.

use serde::{Deserialize, Serialize};

use super::Profile;

/// A profile with the run that made it. Pages show it, and later runs are compared with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// A name that is different for each run: letters, digits and `-`.
    pub id: String,
    /// The tool, by its name for `cargo xtask profile`.
    pub tool: String,
    /// The version that the tool reports, if it reports one.
    pub version: Option<String>,
    /// The server or program that was profiled.
    pub server: String,
    /// The time of the run, in RFC 3339.
    pub measured_at: String,
    /// Whether the tool's own rule finds a leak.
    pub leaks: bool,
    /// Whether the tool has no rule for this subject; absent in older files.
    #[serde(default)]
    pub no_rule: bool,
    /// The verdict in one sentence.
    pub sentence: String,
    /// The requests of each round, which are equal; absent if they were not counted.
    pub requests: Option<u64>,
    /// All requests, including those before the first round; absent if they were not counted.
    pub sent: Option<u64>,
    /// The ends of the rounds, in the profile's clock.
    pub marks: Vec<u64>,
    /// The growing call sites, one per line.
    pub growing: Vec<String>,
    /// The profile.
    pub profile: Profile,
}

impl Kept {
    /// Requests between the first and the last mark, if they are known.
    pub fn requests_between_marks(&self) -> Option<u64> {
        let rounds = self.marks.len().checked_sub(1)? as u64;
        let requests = self.requests?.checked_mul(rounds)?;
        (requests > 0).then_some(requests)
    }
}
