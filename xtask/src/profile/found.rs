//! What a task found, as a file for programs and for the site.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// Writes what was found for programs, and for the site, and says where.
pub fn write_json(found: &impl serde::Serialize, file: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(found)?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let path = file.display().to_string();
    std::fs::write(file, text + "\n").context(path.clone())?;
    writeln!(io::stdout(), "            {path}")?;
    Ok(())
}

/// The revision, and whether the tree differs from it.
pub fn commit() -> Option<String> {
    said(Command::new("git").args([
        "describe",
        "--always",
        "--dirty",
        "--abbrev=40",
        "--exclude=*",
    ]))
}

/// What a program says on stdout, where it ends well.
pub fn said(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
