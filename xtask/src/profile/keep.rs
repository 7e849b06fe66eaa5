//! What stays of a run beside the tool's own output: its profile with how it came about, and a
//! page of the site.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_heapmark::cli::publish_profile;
use cargo_heapmark::profile::Kept;
use cargo_heapmark::runner::now;

use super::rounds::Marks;
use super::tool::Tool;
use super::verdict::Verdict;

/// Writes the profile beside `folder`, which names it, and renders its page where the
/// workspace is; returns the page.
pub fn keep(
    tool: Tool,
    server: &Path,
    folder: &Path,
    verdict: &Verdict,
    marks: &Marks,
) -> Result<Option<PathBuf>> {
    let id = folder.file_name().context("a run has a folder")?;
    // A site is for others too, to whom a folder of this machine says nothing.
    let current = std::env::current_dir()?;
    let below = server.strip_prefix(current).ok();
    let shown = below
        .or(server.file_name().map(Path::new))
        .unwrap_or(server);
    let kept = Kept {
        id: id.to_string_lossy().into_owned(),
        tool: tool.name().to_owned(),
        version: tool.version(),
        server: shown.display().to_string(),
        measured_at: now(),
        leaks: verdict.leaks,
        sentence: verdict.sentence.clone(),
        requests: Some(marks.requests),
        sent: Some(marks.sent),
        marks: marks.at.clone(),
        growing: verdict.growing.iter().map(ToString::to_string).collect(),
        profile: verdict.profile.clone(),
    };
    let file = folder.with_extension("json");
    std::fs::write(&file, serde_json::to_vec(&kept)?)
        .with_context(|| file.display().to_string())?;
    Ok(publish_profile(&kept)?)
}
