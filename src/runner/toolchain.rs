use std::path::Path;

use sha2::{Digest, Sha256};

use super::command::{CommandError, output};
use crate::record::Toolchain;

/// What builds in `root`, as `rustc -vV` tells it.
///
/// # Errors
///
/// Where rustc cannot be run.
pub fn toolchain(root: &Path) -> Result<Toolchain, CommandError> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let described = output(&rustc, &["-vV"], root)?;
    let value = |key: &str| {
        let mut lines = described.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(name, _)| *name == key)?;
        Some(found.1.to_owned()).filter(|value| value != "unknown")
    };
    Ok(Toolchain {
        rustc: value("release").unwrap_or_else(|| "unknown".to_owned()),
        commit: value("commit-hash"),
        target: value("host").unwrap_or_else(|| "unknown".to_owned()),
        llvm: value("LLVM version"),
        rustflags: std::env::var("RUSTFLAGS").unwrap_or_default(),
        lock_sha256: std::fs::read(root.join("Cargo.lock"))
            .ok()
            .map(|lock| sha256(&lock)),
    })
}

/// The SHA-256 of `bytes` in lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
