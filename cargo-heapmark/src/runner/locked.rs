//! Reads versions from a lock file.

use std::path::Path;

/// The version of a package in the lock file of the workspace at `root`.
pub fn locked(root: &Path, package: &str) -> Option<String> {
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).ok()?;
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    Some(rest.split_once('"')?.0.to_owned())
}
