//! What is recorded beside the runs: studies of the machine that no case stands in.

use serde::Serialize;
use serde::de::DeserializeOwned;

use heapmark_model::record::{AllocatorStudy, Calibration, ContentionStudy, Provenance, ToolStudy};

/// A kind of record that has a folder of its own.
pub trait Beside: Serialize + DeserializeOwned {
    /// The folder; no machine may have this name.
    const FOLDER: &'static str;

    /// Where a record of the kind comes from, which its file is named after.
    fn provenance(&self) -> &Provenance;
}

/// The folders of all kinds.
pub(super) const FOLDERS: [&str; 4] = [
    Calibration::FOLDER,
    AllocatorStudy::FOLDER,
    ContentionStudy::FOLDER,
    ToolStudy::FOLDER,
];

impl Beside for Calibration {
    const FOLDER: &'static str = "calibration";

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

impl Beside for AllocatorStudy {
    const FOLDER: &'static str = "allocators";

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

impl Beside for ContentionStudy {
    const FOLDER: &'static str = "contention";

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

impl Beside for ToolStudy {
    const FOLDER: &'static str = "tools";

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}
