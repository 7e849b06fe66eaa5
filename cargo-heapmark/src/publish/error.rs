use std::io;
use std::path::{Path, PathBuf};

/// Why a site could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The folder holds files, none of them from a publish.
    #[error(
        "{} is not empty and holds no site of heapmark; choose an empty or new folder with --out DIR",
        path.display()
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// A file or link that no publish wrote stands where one of the site belongs.
    #[error(
        "{} was not written by heapmark and stands in the way of the site; move it away or choose another folder with --out DIR",
        path.display()
    )]
    InTheWay {
        /// The file.
        path: PathBuf,
    },
    /// Another publish does not end.
    #[error(
        "another heapmark has been writing {} for {seconds} s; run the command again when it has ended, or choose another folder with --out DIR",
        path.display()
    )]
    Busy {
        /// The folder.
        path: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// A page asks for a path that no page may have.
    #[error("`{path}` is no path for a file of the site; rename the case or group it is made from")]
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
        /// What the system says.
        source: io::Error,
    },
}

impl PublishError {
    /// Says that `path` could not be written.
    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}
