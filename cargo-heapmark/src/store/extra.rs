//! Extra measurements: records of the machine that contain no cases.

use serde::Serialize;
use serde::de::DeserializeOwned;

use heapmark_model::record::{
    AllocatorRecord, Calibration, ContentionRecord, Provenance, ToolRecord,
};

/// A kind of extra measurement, whose records have a separate folder.
pub trait ExtraMeasurement: Serialize + DeserializeOwned {
    /// The folder. A machine cannot have this name.
    const FOLDER: &'static str;

    /// The provenance of a record, from which its file name is made.
    fn provenance(&self) -> &Provenance;
}

/// The folders of all kinds.
pub(super) const FOLDERS: [&str; 4] = [
    Calibration::FOLDER,
    AllocatorRecord::FOLDER,
    ContentionRecord::FOLDER,
    ToolRecord::FOLDER,
];

impl ExtraMeasurement for Calibration {
    const FOLDER: &'static str = "calibration";

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

impl ExtraMeasurement for AllocatorRecord {
    const FOLDER: &'static str = "allocators";

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

impl ExtraMeasurement for ContentionRecord {
    const FOLDER: &'static str = "contention";

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

impl ExtraMeasurement for ToolRecord {
    const FOLDER: &'static str = "tools";

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}
