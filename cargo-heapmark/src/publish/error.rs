//! Errors of writing a site.

use std::io;
use std::path::{Path, PathBuf};

/// Why a site could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The folder contains files, but no site.
    #[error(
        "{} is not empty and does not contain a heapmark site; choose an empty or new folder with --out DIR",
        path.display()
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// The site needs the path of a file or link that heapmark did not write.
    #[error(
        "{} was not written by heapmark, but the site needs its path; move it away or choose another folder with --out DIR",
        path.display()
    )]
    InTheWay {
        /// The file.
        path: PathBuf,
    },
    /// Another process has been writing the site for too long.
    #[error(
        "another heapmark process has been writing {} for {seconds} s; run the command again after it exits, or choose another folder with --out DIR",
        path.display()
    )]
    Busy {
        /// The folder.
        path: PathBuf,
        /// How long heapmark waited.
        seconds: u64,
    },
    /// The path of a page is not safe.
    #[error(
        "`{path}` is not a valid path for a file of the site; rename the case or group that it is made from"
    )]
    Path {
        /// The path.
        path: String,
    },
    /// A file or folder cannot be written, removed or read.
    #[error(
        "cannot write {}: {source}; make it writable or choose another folder with --out DIR",
        path.display()
    )]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl PublishError {
    /// Makes the error that `path` could not be written.
    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}
