//! Builds the example server as a tool wants it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::tool::Tool;

/// The built server, in a place of its own: the next build has other features and the same path.
pub fn example(tool: Tool) -> Result<PathBuf> {
    let (kind, target, features, flags) = match tool {
        Tool::Dhat => ("dhat", "target", Some("memory-profiling"), None),
        // Other flags build everything anew, so what they built is kept apart.
        Tool::Growth => (
            "growth",
            "target/heapmark/profile/frame-pointers",
            Some("growth"),
            Some("-C force-frame-pointers=yes"),
        ),
        _ => ("system", "target", None, None),
    };
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--quiet", "-p", "heapmark"]);
    cargo.args(["--example", "memory_profile_server", "--target-dir", target]);
    if let Some(features) = features {
        cargo.args(["--features", features]);
    }
    if let Some(flags) = flags {
        cargo.env("RUSTFLAGS", flags);
    }
    if !cargo.status().context("cargo")?.success() {
        bail!("the server does not build");
    }
    let folder = Path::new("target/heapmark/profile/bin").join(kind);
    std::fs::create_dir_all(&folder)?;
    let built = Path::new(target).join("release/examples/memory_profile_server");
    let kept = std::path::absolute(folder.join("memory_profile_server"))?;
    std::fs::copy(&built, &kept).with_context(|| built.display().to_string())?;
    Ok(kept)
}
