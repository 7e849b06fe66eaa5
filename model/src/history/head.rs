//! What a history keeps of every run: the commit, the time, and the setting.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::record::{Commit, Run, Suite, Toolchain};

/// The part of a run that a history keeps for every record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The code that was measured.
    pub commit: Commit,
    /// When it was measured.
    pub measured_at: String,
    /// All other conditions of a run. Neighbouring runs share it, because it rarely changes.
    pub setting: Arc<Setting>,
}

/// What a run was measured with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The machine's name in the store.
    pub machine: String,
    /// What built the binary.
    pub toolchain: Toolchain,
    /// The global allocator.
    pub allocator: String,
    /// The bench target and the filter.
    pub suite: Suite,
    /// The version of the counting method.
    pub method: u32,
}

impl Head {
    /// The head of `run`. It shares the setting of `neighbour` if both are equal.
    pub fn new(run: &Run, neighbour: Option<&Self>) -> Self {
        let setting = Setting {
            machine: run.machine.id.clone(),
            toolchain: run.toolchain.clone(),
            allocator: run.allocator.clone(),
            suite: run.suite.clone(),
            method: run.count.method(),
        };
        let shared = neighbour
            .map(|head| &head.setting)
            .filter(|known| ***known == setting);
        Self {
            commit: run.commit.clone(),
            measured_at: run.measured_at.clone(),
            setting: shared.map_or_else(|| Arc::new(setting), Arc::clone),
        }
    }
}
