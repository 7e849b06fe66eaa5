//! Writes a rendered site into a folder, and spoils nothing that somebody else keeps there.
//!
//! ```text
//!  files ─▶ lock ─▶ is the folder ours?
//!                                  .heapmark-site.next   what is about to be written
//!                                  changed files written, each beside its place
//!                                  stale files removed
//!                                  changed files renamed into their places
//!                                  .heapmark-site         what now stands there; the last step
//!                                  .heapmark-site.next    removed
//! ```
//!
//! `.heapmark-site` has a line a file, its SHA-256 and its path, as `sha256sum --check` reads it.
//! It tells the next publish which files are its own to remove, and a server what it may serve;
//! since it changes exactly when a file does, it also tells the server when to load them anew.
//! A publish that was killed leaves both lists, and the next one takes up from there. One publish
//! at a time has the folder: another waits until it has ended.
//!
//! What is written is bytes: this module knows no pages.

mod error;
mod folder;
mod manifest;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

pub use error::PublishError;
pub use folder::Folder;
pub use manifest::{MANIFEST, Manifest, is_safe};

/// What a publish did, as paths below the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// New or changed.
    pub written: Vec<String>,
    /// The same bytes as before; not touched.
    pub unchanged: Vec<String>,
    /// Written by an earlier publish and no longer part of the site.
    pub removed: Vec<String>,
}

/// Makes `dir` hold `files`, whose keys are paths below it with `/` between their parts.
///
/// Other files are left alone, but a folder that holds only such files is not taken over.
///
/// # Errors
///
/// Where `dir` is not empty and no earlier publish made it, where a file of somebody else stands
/// in the way, where a path leads out of `dir`, where another publish does not end, or where
/// something cannot be written.
pub fn write(dir: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<Written, PublishError> {
    write::refuse_unsafe(files)?;
    Folder::lock(dir)?.write(files)
}
