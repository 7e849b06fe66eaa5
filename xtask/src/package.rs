//! Source folders of published packages, which cargo downloads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The source folder of `name` in `version`. `scratch` is a folder outside of any workspace.
///
/// # Errors
///
/// If cargo cannot download it.
pub fn fetch(scratch: &Path, name: &str, version: &str) -> Result<PathBuf> {
    let asking = scratch.join(format!("asking-{name}-{version}"));
    fs::create_dir_all(asking.join("src"))?;
    fs::write(asking.join("src/lib.rs"), "")?;
    let manifest = format!(
        "[package]\nname = \"asking\"\nedition = \"2021\"\n[workspace]\n[dependencies]\n{name} = \"={version}\"\n"
    );
    fs::write(asking.join("Cargo.toml"), manifest)?;
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1"])
        .current_dir(&asking)
        .stdin(Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array();
    let packages = packages.context("`cargo metadata` printed no packages")?;
    let is_it = |package: &&Value| package["name"] == name && package["version"] == version;
    let package = packages.iter().find(is_it);
    let manifest = package.and_then(|package| package["manifest_path"].as_str());
    let source = manifest.and_then(|path| Path::new(path).parent());
    let source = source.with_context(|| format!("`cargo metadata` lists no package `{name}`"))?;
    Ok(source.to_owned())
}

/// Makes `to` a new copy of the folder `from`.
///
/// # Errors
///
/// If a file cannot be copied.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}
