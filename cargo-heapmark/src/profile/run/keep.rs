//! Stores the profile of a run with its verdict and settings, in addition to the tool's own output.

use std::path::Path;

use anyhow::{Context, Result};

use super::measure::Measured;
use super::tool::Tool;
use crate::profile::Kept;
use crate::runner::now;

/// Writes the profile to `ID.json` next to the run's folder `ID`, and returns it.
///
/// # Errors
///
/// If the file cannot be written.
pub fn kept(tool: Tool, measured: &Measured) -> Result<Kept> {
    let Measured {
        verdict,
        marks,
        program,
        folder,
        ..
    } = measured;
    let id = folder.file_name().context("the run has no folder")?;
    // The site is published, so it must not contain absolute paths of this machine.
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
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(kept)
}
