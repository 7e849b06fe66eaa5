//! What stays of a run beside the tool's own output: its profile with how it came about.

use std::path::Path;

use anyhow::{Context, Result};

use super::measure::Measured;
use super::tool::Tool;
use crate::profile::Kept;
use crate::runner::now;

/// Writes the profile beside the run's folder, which names it, and returns it.
///
/// # Errors
///
/// If it cannot be written.
pub fn kept(tool: Tool, measured: &Measured) -> Result<Kept> {
    let Measured {
        verdict,
        marks,
        program,
        folder,
        ..
    } = measured;
    let id = folder.file_name().context("a run has a folder")?;
    // A site is for others too, to whom a folder of this machine says nothing.
    let current = std::env::current_dir()?;
    let below = program.strip_prefix(current).ok();
    let shown = below.or(program.file_name().map(Path::new));
    let kept = Kept {
        id: id.to_string_lossy().into_owned(),
        tool: tool.name().to_owned(),
        version: tool.version(),
        server: shown.unwrap_or(program).display().to_string(),
        measured_at: now(),
        leaks: verdict.leaks,
        no_rule: !verdict.has_rule,
        sentence: verdict.sentence.clone(),
        requests: marks.as_ref().map(|marks| marks.requests),
        sent: marks.as_ref().map(|marks| marks.sent),
        marks: marks
            .as_ref()
            .map_or_else(Vec::new, |marks| marks.at.clone()),
        growing: verdict.growing.iter().map(ToString::to_string).collect(),
        profile: verdict.profile.clone(),
    };
    let file = folder.with_extension("json");
    std::fs::write(&file, serde_json::to_vec(&kept)?)
        .with_context(|| file.display().to_string())?;
    Ok(kept)
}
