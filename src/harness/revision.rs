//! Which revision the bench binary was built from, as the build that compares revisions said.
//!
//! It is a fact of the binary, as its allocator is: `main!` tells it once, and every hello repeats
//! it. Nothing here asks git, and a binary that was built by anybody else knows none.

use std::sync::OnceLock;

static TOLD: OnceLock<&str> = OnceLock::new();

/// Keeps what `main!` found in `HEAPMARK_REVISION` when the bench target was compiled.
pub(super) fn tell(revision: Option<&'static str>) {
    if let Some(revision) = revision {
        // Only the `main` of the binary tells, and it does so once.
        let _ = TOLD.set(revision);
    }
}

/// What was told; `None` where the build said nothing.
pub(super) fn told() -> Option<String> {
    TOLD.get().map(|revision| (*revision).to_owned())
}
