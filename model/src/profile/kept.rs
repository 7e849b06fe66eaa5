use serde::{Deserialize, Serialize};

use super::Profile;

/// A profile together with how it came about: what a page shows of it, and a later run compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is called: letters, digits and `-`, different for each run.
    pub id: String,
    /// The tool, as `cargo xtask profile` takes it.
    pub tool: String,
    /// What the tool says of its version, where it says so.
    pub version: Option<String>,
    /// The server or the program that was watched.
    pub server: String,
    /// When, in RFC 3339.
    pub measured_at: String,
    /// Whether the tool's own rule finds a leak.
    pub leaks: bool,
    /// Whether the tool has no rule for what was run; absent in files of before it was kept.
    #[serde(default)]
    pub no_rule: bool,
    /// What it says of that.
    pub sentence: String,
    /// Requests of each of the equal rounds; absent where nothing counted them.
    pub requests: Option<u64>,
    /// All requests, with those before the first round; absent where nothing counted them.
    pub sent: Option<u64>,
    /// The ends of the rounds, in the profile's clock.
    pub marks: Vec<u64>,
    /// The places that grow, a line each.
    pub growing: Vec<String>,
    /// What the tool found out.
    pub profile: Profile,
}

impl Kept {
    /// Requests between the first mark and the last, where they are known.
    pub fn requests_between_marks(&self) -> Option<u64> {
        let rounds = self.marks.len().checked_sub(1)? as u64;
        let requests = self.requests?.checked_mul(rounds)?;
        (requests > 0).then_some(requests)
    }
}
