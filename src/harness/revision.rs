//! The revision that the bench binary was built from, as set by a build of
//! `cargo heapmark compare`.
//!
//! It is a property of the binary, like its allocator. `main!` sets it once, and every hello
//! message contains it. This module does not run git. A binary from any other build has no
//! revision.

use std::sync::OnceLock;

static TOLD: OnceLock<&str> = OnceLock::new();

/// Stores the value of `HEAPMARK_REVISION` when the bench target was compiled, as `main!` found it.
pub fn tell(revision: Option<&'static str>) {
    if let Some(revision) = revision {
        // Only the `main` of the binary calls this, and only once.
        let _ = TOLD.set(revision);
    }
}

/// The stored revision; `None` if the build has set none.
pub(super) fn told() -> Option<String> {
    TOLD.get().map(|revision| (*revision).to_owned())
}
