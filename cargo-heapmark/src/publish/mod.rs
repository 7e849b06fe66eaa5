//! Writes a rendered site into a folder, and does not change other files in it.
//!
//! ```text
//!  files ─▶ lock ─▶ does the folder contain a site, or nothing?
//!                                  .heapmark-site.next   lists the files to be written
//!                                  changed files are written to temporary files next to them
//!                                  stale files are removed
//!                                  temporary files are renamed to their final names
//!                                  .heapmark-site         lists the files of the site
//!                                  .heapmark-site.next    is removed
//! ```
//!
//! `.heapmark-site` has one line per file, with its SHA-256 and its path, in the format of
//! `sha256sum --check`. From this list, the next publish knows which files it may remove, and a
//! server which files it may serve. The list changes exactly if a file changes, so the server
//! reloads the files when it changes. A publish that is killed leaves both lists, and the next one
//! continues from them. Only one publish at a time has the folder; another one waits.
//!
//! This module writes bytes. It does not know the content of pages.

mod error;
mod folder;
mod manifest;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

pub use error::PublishError;
pub use folder::Folder;
pub use manifest::{MANIFEST, Manifest, is_safe};

/// The result of a publish, as paths below the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// New or changed files.
    pub written: Vec<String>,
    /// Files with the same content as before, which were not written.
    pub unchanged: Vec<String>,
    /// Files of an earlier publish that are no longer part of the site.
    pub removed: Vec<String>,
}

/// Writes `files` into `dir`. The keys are paths below it with `/` as separator.
///
/// Other files in the folder are not changed. A folder that contains only other files is an error.
///
/// # Errors
///
/// If `dir` is not empty and does not contain a site, the site needs the path of another file, a
/// path leads out of `dir`, another publish has the lock for too long, or writing fails.
pub fn write(dir: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<Written, PublishError> {
    write::refuse_unsafe(files)?;
    Folder::lock(dir)?.write(files)
}
