//! What is recorded beside the runs: studies of the machine that no case stands in.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::record::{AllocatorStudy, Calibration, Commit, Machine};

/// A kind of record that has a folder of its own.
pub trait Beside: Serialize + DeserializeOwned {
    /// The folder; no machine may have this name.
    const FOLDER: &'static str;

    /// Where a record of the kind comes from.
    fn origin(&self) -> Origin<'_>;
}

/// What a file is named after.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// When it was measured.
    pub measured_at: &'a str,
    /// The machine.
    pub machine: &'a Machine,
    /// The code.
    pub commit: &'a Commit,
}

/// The folders of all kinds.
pub(super) const FOLDERS: [&str; 2] = [Calibration::FOLDER, AllocatorStudy::FOLDER];

impl Beside for Calibration {
    const FOLDER: &'static str = "calibration";

    fn origin(&self) -> Origin<'_> {
        Origin {
            measured_at: &self.measured_at,
            machine: &self.machine,
            commit: &self.commit,
        }
    }
}

impl Beside for AllocatorStudy {
    const FOLDER: &'static str = "allocators";

    fn origin(&self) -> Origin<'_> {
        Origin {
            measured_at: &self.measured_at,
            machine: &self.machine,
            commit: &self.commit,
        }
    }
}
