//! Builds the example server as a tool wants it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::tool::Tool;

/// The built server, in a place of its own: the next build has other features and the same path.
pub fn example(tool: Tool) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--quiet", "-p", "heapmark"]);
    cargo.args([
        "--example",
        "memory_profile_server",
        "--target-dir",
        "target",
    ]);
    if tool == Tool::Dhat {
        cargo.args(["--features", "memory-profiling"]);
    }
    if !cargo.status().context("cargo")?.success() {
        bail!("the server does not build");
    }
    let kind = if tool == Tool::Dhat { "dhat" } else { "system" };
    let folder = Path::new("target/heapmark/profile/bin").join(kind);
    std::fs::create_dir_all(&folder)?;
    let built = Path::new("target/release/examples/memory_profile_server");
    let kept = std::path::absolute(folder.join("memory_profile_server"))?;
    std::fs::copy(built, &kept).with_context(|| built.display().to_string())?;
    Ok(kept)
}
