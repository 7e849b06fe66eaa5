//! Errors of reading and writing records.

use std::io;
use std::path::PathBuf;

/// Why a store could not be used at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file or folder of the store cannot be written.
    #[error(
        "cannot write {}: {source}; make the folder writable or choose another with --results DIR",
        path.display()
    )]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The store's folder or its list of retracted records cannot be read.
    #[error(
        "cannot read {}: {source}; make it readable or choose another folder with --results DIR",
        path.display()
    )]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A record that was read before cannot be read again.
    #[error("{} changed during the run: it {reason}", path.display())]
    Changed {
        /// The record.
        path: PathBuf,
        /// Why it cannot be read.
        reason: super::Reason,
    },
    /// The list of retracted records is invalid.
    #[error(
        "cannot parse {}: {message}; fix it, because it lists the records that must not be shown",
        path.display()
    )]
    Retracted {
        /// The list.
        path: PathBuf,
        /// What is wrong, and on which line.
        message: String,
    },
    /// The run contains invalid data.
    #[error("cannot store the run: {0}")]
    Broken(#[from] heapmark_model::record::Fault),
    /// The file name of a record cannot be made from the run.
    #[error("cannot store the record: {key} is `{value}`, expected {wanted}; {hint}")]
    Name {
        /// The key of the record.
        key: &'static str,
        /// Its value, shortened.
        value: String,
        /// What the value should be.
        wanted: &'static str,
        /// What to do.
        hint: &'static str,
    },
}
