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
        /// What the system says.
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
        /// What the system says.
        source: io::Error,
    },
    /// A record that could be read a moment ago cannot be read again.
    #[error("{} has changed meanwhile and {reason}", path.display())]
    Changed {
        /// The record.
        path: PathBuf,
        /// Why it cannot be read.
        reason: super::Reason,
    },
    /// The list of retracted records does not say what it should.
    #[error(
        "cannot understand {}: {message}; mend it, since it names the records that must not be shown",
        path.display()
    )]
    Retracted {
        /// The list.
        path: PathBuf,
        /// What is wrong, and on which line.
        message: String,
    },
    /// The run holds what no record may hold.
    #[error("cannot store the run: {0}")]
    Broken(#[from] heapmark_model::record::Fault),
    /// The run says nothing that a file could be named after.
    #[error("cannot name a record: {key} is `{value}`, which is not {wanted}; {hint}")]
    Name {
        /// The key of the record.
        key: &'static str,
        /// What it says, shortened.
        value: String,
        /// What it should be.
        wanted: &'static str,
        /// What to do.
        hint: &'static str,
    },
}
