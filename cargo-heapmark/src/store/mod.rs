//! The folder of records. It is append-only: each run is one immutable file, written atomically.
//! This module does not judge records.
//!
//! ```text
//! results/
//! ├─ README.md, schema.json                     describe the format; not read here
//! ├─ calibration/amd-epyc-2-linux/              coverage of the intervals of times
//! ├─ allocators/amd-epyc-2-linux/               comparison of allocators
//! ├─ retracted.toml                             wrong records, and why they are wrong
//! └─ amd-epyc-2-linux/                          the machine
//!    ├─ skipped.toml                           commits that a backfill cannot count; not read here
//!    └─ 2026/                                   the year of the commit
//!       ├─ 20261122T214141Z-cffc73700a1b-system-1.95.0.json
//!       ├─ 20261122T214141Z-cffc73700a1b-system-1.95.0-2.json   the same commit, run again
//!       └─ .record-Xy12Zq.tmp                   left by a run that was killed; never read
//! ```
//!
//! To merge two folders of records, copy one into the other. This module never deletes or
//! overwrites a record. A wrong record is listed in `retracted.toml` and its file stays.

mod error;
mod extra;
mod index;
mod json;
mod name;
mod past;
mod read;
mod retracted;
mod walk;
mod write;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

pub use error::StoreError;
pub use extra::ExtraMeasurement;
pub use json::to_json;
pub use read::{MAX_BYTES, Reason};

use heapmark_model::history::History;
use heapmark_model::record::Run;

/// The records below one folder, usually `results`.
#[derive(Clone, Debug)]
pub struct Store {
    dir: PathBuf,
}

/// A record that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its file, below the store's folder.
    pub path: PathBuf,
    /// Its content.
    pub run: Run,
}

/// A file that was skipped.
#[derive(Debug)]
pub struct Skipped {
    /// The file, or the folder that could not be listed.
    pub path: PathBuf,
    /// Why it was skipped.
    pub reason: Reason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// Reads the record in the file at `path`, inside or outside of a store.
///
/// # Errors
///
/// The file and the reason why it cannot be read as a record.
pub fn read(path: &Path) -> Result<Run, Skipped> {
    read::record(path).map_err(|reason| Skipped {
        path: path.to_owned(),
        reason,
    })
}

/// A record that is listed in `retracted.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retracted {
    /// Its file.
    pub path: PathBuf,
    /// Why it is wrong.
    pub reason: String,
}

/// All records of a store, in the order of machine, commit time and run.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The valid records.
    pub runs: Vec<Stored>,
    /// The files that could not be read. Each is worth a warning.
    pub skipped: Vec<Skipped>,
    /// The retracted records, which need no warning.
    pub retracted: Vec<Retracted>,
}

/// All records of a store as columns. Whole records are read only if they are needed.
#[derive(Debug, Default)]
pub struct Past {
    /// The valid records, in the order of [`Loaded`].
    pub history: History,
    /// The file of each of them.
    pub paths: Vec<PathBuf>,
    /// The files that could not be read. Each is worth a warning.
    pub skipped: Vec<Skipped>,
    /// The retracted records, which need no warning.
    pub retracted: Vec<Retracted>,
    /// The number of records that were parsed because they are not in the index.
    pub parsed: usize,
}

impl Past {
    /// Reads these records as a whole into the history.
    ///
    /// # Errors
    ///
    /// If one of them can no longer be read.
    ///
    /// # Panics
    ///
    /// If the history has no such record.
    pub fn keep(&mut self, records: &BTreeSet<usize>) -> Result<(), StoreError> {
        past::keep(self, records)
    }
}

impl Store {
    /// The store in `dir`. The folder need not exist yet.
    pub fn open(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The folder of the store.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether the folder holds a record.
    pub fn has_records(&self) -> bool {
        let records = walk::find(&self.dir).map(|found| found.records);
        records.is_ok_and(|records| records.iter().any(|path| read(path).is_ok()))
    }

    /// Checks before a measurement that a record can be written.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created or written.
    pub fn check_writable(&self) -> Result<(), StoreError> {
        write::check(&self.dir)
    }

    /// Writes `run` to a new file and returns its path.
    ///
    /// The file is written atomically, and survives a loss of power once this returns. Existing
    /// files are never changed: a second run of the same commit gets the suffix `-2`, a third `-3`.
    ///
    /// # Errors
    ///
    /// If two entries have the same id, a count is negative, the commit has no valid time or hash,
    /// or the folder cannot be written.
    pub fn save(&self, run: &Run) -> Result<PathBuf, StoreError> {
        write::save(&self.dir, run)
    }

    /// Writes an extra measurement to a new file and returns its path, as [`save`](Self::save) does
    /// for a run.
    ///
    /// # Errors
    ///
    /// If its time or hash is not valid, or the folder cannot be written.
    pub fn save_extra<T: ExtraMeasurement>(&self, record: &T) -> Result<PathBuf, StoreError> {
        write::save_extra(&self.dir, record)
    }

    /// Reads all extra measurements of a kind, oldest first, and lists the files that could not be
    /// read.
    pub fn extra<T: ExtraMeasurement>(&self) -> (Vec<T>, Vec<Skipped>) {
        walk::extra(&self.dir)
    }

    /// Reads every record. A folder that does not exist has none.
    ///
    /// # Errors
    ///
    /// If the folder cannot be listed, or `retracted.toml` cannot be parsed: a typing error must
    /// not make a retracted record visible.
    pub fn load(&self) -> Result<Loaded, StoreError> {
        walk::load(&self.dir)
    }

    /// Reads every record as [`load`](Self::load) does, but keeps only their numbers. Records that
    /// are in the file `index` are not parsed. The index is created and updated.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load). An index that cannot be used is not an error.
    pub fn past(&self, index: Option<&Path>) -> Result<Past, StoreError> {
        past::load(&self.dir, index)
    }
}
