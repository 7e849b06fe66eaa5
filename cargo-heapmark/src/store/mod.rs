//! The folder of records: atomic, append-only, one immutable file a run. It judges nothing.
//!
//! ```text
//! results/
//! ├─ README.md, schema.json                     what a record says; not read here
//! ├─ calibration/amd-epyc-2-linux/              how far the intervals of times can be trusted
//! ├─ allocators/amd-epyc-2-linux/               what allocators make of the same work
//! ├─ retracted.toml                             records that were wrong, and why
//! └─ amd-epyc-2-linux/                          the machine
//!    ├─ skipped.toml                           commits that a backfill cannot count; not read here
//!    └─ 2026/                                   the year of the commit
//!       ├─ 20261122T214141Z-cffc73700a1b-system-1.95.0.json
//!       ├─ 20261122T214141Z-cffc73700a1b-system-1.95.0-2.json   the same commit, run again
//!       └─ .record-Xy12Zq.tmp                   left by a run that was killed; never read
//! ```
//!
//! Two folders of records are merged by copying one into the other. Nothing here deletes or
//! overwrites a record; one that was wrong is named in `retracted.toml` and stays.

mod beside;
mod error;
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

pub use beside::Beside;
pub use error::StoreError;
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
    /// What it says.
    pub run: Run,
}

/// A file that was passed over.
#[derive(Debug)]
pub struct Skipped {
    /// The file, or the folder that could not be listed.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// Reads the one record in the file at `path`, wherever it lies.
///
/// # Errors
///
/// The file with the reason why it is no record that we can read.
pub fn read(path: &Path) -> Result<Run, Skipped> {
    read::record(path).map_err(|reason| Skipped {
        path: path.to_owned(),
        reason,
    })
}

/// A record that `retracted.toml` takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retracted {
    /// Its file.
    pub path: PathBuf,
    /// Why it was wrong.
    pub reason: String,
}

/// All that a store holds, in the order of machine, commit time and run.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The good records.
    pub runs: Vec<Stored>,
    /// What could not be read; worth a warning each.
    pub skipped: Vec<Skipped>,
    /// Records taken back on purpose; worth no warning.
    pub retracted: Vec<Retracted>,
}

/// All that a store holds, as columns; the records that must be known as a whole are read when
/// they are asked for.
#[derive(Debug, Default)]
pub struct Past {
    /// The good records, in the order of [`Loaded`].
    pub history: History,
    /// The file of each of them.
    pub paths: Vec<PathBuf>,
    /// What could not be read; worth a warning each.
    pub skipped: Vec<Skipped>,
    /// Records taken back on purpose; worth no warning.
    pub retracted: Vec<Retracted>,
    /// How many records no index knew, so that they had to be parsed.
    pub parsed: usize,
}

impl Past {
    /// Reads these records whole into the history.
    ///
    /// # Errors
    ///
    /// Where one of them cannot be read any more.
    ///
    /// # Panics
    ///
    /// Where the history has no such record.
    pub fn keep(&mut self, records: &BTreeSet<usize>) -> Result<(), StoreError> {
        past::keep(self, records)
    }
}

impl Store {
    /// The store in `dir`, which need not exist yet.
    pub fn open(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The folder of the store.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes sure that a record could be written, before anything is measured.
    ///
    /// # Errors
    ///
    /// Where the folder can neither be made nor written.
    pub fn check_writable(&self) -> Result<(), StoreError> {
        write::check(&self.dir)
    }

    /// Writes `run` into a file of its own and returns its path.
    ///
    /// The file appears whole or not at all, and survives a loss of power once this returns. An
    /// existing file is never touched: a second run of the same commit gets `-2`, a third `-3`.
    ///
    /// # Errors
    ///
    /// Where two entries have one id or a count is negative, the commit has no usable time or hash,
    /// or the folder cannot be written.
    pub fn save(&self, run: &Run) -> Result<PathBuf, StoreError> {
        write::save(&self.dir, run)
    }

    /// Writes what is no run into a file of its own and returns its path, as [`save`](Self::save)
    /// does a run.
    ///
    /// # Errors
    ///
    /// Where its time or hash is unusable, or the folder cannot be written.
    pub fn save_beside<T: Beside>(&self, record: &T) -> Result<PathBuf, StoreError> {
        write::save_beside(&self.dir, record)
    }

    /// Reads everything of a kind that is no run, oldest first, and tells what could not be read.
    pub fn beside<T: Beside>(&self) -> (Vec<T>, Vec<Skipped>) {
        walk::beside(&self.dir)
    }

    /// Reads every record. A folder that does not exist holds none.
    ///
    /// # Errors
    ///
    /// Where the folder itself cannot be listed, or `retracted.toml` cannot be understood: a
    /// record that was taken back must not come back because of a typing error.
    pub fn load(&self) -> Result<Loaded, StoreError> {
        walk::load(&self.dir)
    }

    /// Reads every record as [`load`](Self::load) does, and keeps their numbers alone. Records
    /// that the file `index` knows are not parsed; it is made and brought up to date by the way.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load). An index that cannot be used is no error.
    pub fn past(&self, index: Option<&Path>) -> Result<Past, StoreError> {
        past::load(&self.dir, index)
    }
}
