//! The list of a site's files and their hashes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// The name of the list in the folder of the site.
pub const MANIFEST: &str = ".heapmark-site";

/// The files of a site: the SHA-256 of each path, in hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The hash of each file by its path. All paths are safe to join to a folder.
    pub files: BTreeMap<String, String>,
}

impl Manifest {
    /// The list for `files`.
    pub(super) fn from_files(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let hashed = files.par_iter();
        Self {
            files: hashed
                .map(|(path, bytes)| (path.clone(), hash(bytes)))
                .collect(),
        }
    }

    /// Reads the list in the file `name` of `dir`; `None` if there is no such file.
    ///
    /// Lines with a path that leads out of the folder are skipped, so that an edited list cannot
    /// make heapmark remove or serve a file outside of it.
    ///
    /// # Errors
    ///
    /// If the file exists but cannot be read.
    pub fn read(dir: &Path, name: &str) -> io::Result<Option<Self>> {
        let text = match fs::read_to_string(dir.join(name)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let lines = text.lines().filter_map(|line| line.split_once("  "));
        let safe = lines.filter(|(_, path)| is_safe(path));
        let files = safe.map(|(hash, path)| (path.to_owned(), hash.to_owned()));
        Ok(Some(Self {
            files: files.collect(),
        }))
    }

    /// The text of the list's file.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (path, hash) in &self.files {
            // Writing to memory cannot fail.
            let _ = writeln!(text, "{hash}  {path}");
        }
        text
    }
}

/// Whether `path` stays below the folder that it is joined to, on every system, and has no line
/// break.
pub fn is_safe(path: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.starts_with(MANIFEST);
    // A backslash separates folders on Windows, and a colon names a drive or a stream there.
    let foreign = |character: char| character.is_control() || "\\:".contains(character);
    !path.contains(foreign) && path.split('/').all(plain)
}

fn hash(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{hash, is_safe};

    #[test]
    fn only_paths_below_the_folder_are_safe() {
        for path in [
            "index.html",
            "case/a/b.html",
            ".nojekyll",
            "a..b",
            "ä b.svg",
        ] {
            assert!(is_safe(path), "{path}");
        }
        for path in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../up",
            "a/../b",
            "a/./b",
            "a//b",
            "a/",
            "C:\\x",
            "a\\..\\b",
            "line\nbreak",
            "nul\0",
            ".heapmark-site",
            ".heapmark-site.next",
        ] {
            assert!(!is_safe(path), "{path:?}");
        }
    }

    #[test]
    fn the_hash_is_sha_256() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hash(b""), empty);
    }
}
