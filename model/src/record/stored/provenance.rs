//! Where a record comes from.

use serde::{Deserialize, Serialize};

use super::{Commit, Machine, Run, Toolchain};

/// The origin of a record that is not a [`Run`]. Its keys are among those of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The version of the format, which is that of a [`Run`].
    pub schema: u32,
    /// The version of heapmark that wrote the record.
    pub heapmark: String,
    /// The code that was measured.
    pub commit: Commit,
    /// When it was measured, in UTC, to the second.
    pub measured_at: String,
    /// The machine that it was measured on.
    pub machine: Machine,
    /// What built it.
    pub toolchain: Toolchain,
}

impl From<&Run> for Provenance {
    fn from(run: &Run) -> Self {
        Self {
            schema: run.schema,
            heapmark: run.heapmark.clone(),
            commit: run.commit.clone(),
            measured_at: run.measured_at.clone(),
            machine: run.machine.clone(),
            toolchain: run.toolchain.clone(),
        }
    }
}
