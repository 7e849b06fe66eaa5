//! `cargo xtask published-benchmarks`: measures the benchmarks of published packages that use
//! criterion, and checks that heapmark finds the benchmarks that criterion lists.
//!
//! ```text
//!  cargo fetch ─▶ a copy in a temporary folder ─┬▶ built with criterion ─▶ --list ──▶ its ids ─┐
//!                                               └▶ cargo heapmark report ──────────▶ our ids ──┴▶ a row
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Packages with benchmarks that use criterion 0.3 to 0.8, in the versions that were tried.
const PACKAGES: [&str; 0] = [];

/// The lowest share of criterion's ids that must be measured, in percent.
const LOWEST: usize = 95;

/// Lints of a published package do not matter: cargo would cap them if it were a dependency.
const FLAGS: &str = "--cap-lints allow";

/// Flags of the task.
#[derive(Debug, clap::Args)]
pub struct PublishedArguments {
    /// Packages to measure, as in `semver@1.0.28` [default: those of docs/compatibility.md].
    #[arg(value_name = "NAME@VERSION")]
    pub packages: Vec<String>,
}

/// Runs the task and prints a table in Markdown. Exits with 1 if a package lacks ids.
pub fn run(arguments: &PublishedArguments) -> Result<ExitCode> {
    // Outside of this workspace: cargo would take a package inside of it for a member.
    let folder = std::env::temp_dir().join("heapmark-published");
    let packages: Vec<String> = match &arguments.packages[..] {
        [] => PACKAGES.map(str::to_owned).to_vec(),
        chosen => chosen.to_vec(),
    };
    let out = &mut io::stdout();
    writeln!(
        out,
        "| package | criterion | ids | measured | exact | seconds | note |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    let mut is_complete = true;
    for package in &packages {
        let row = match measure(&folder, package) {
            Ok(row) => row,
            Err(error) => {
                is_complete = false;
                format!("| {package} | | | | | | {error:#} |")
            }
        };
        writeln!(out, "{row}")?;
        out.flush()?;
    }
    Ok(ExitCode::from(u8::from(!is_complete)))
}

/// The row of a package.
///
/// # Errors
///
/// If the package cannot be measured, or too many of its ids are missing.
fn measure(folder: &Path, package: &str) -> Result<String> {
    let (name, version) = package.split_once('@').context("write NAME@VERSION")?;
    let root = folder.join(format!("{name}-{version}"));
    copy(&fetch(folder, name, version)?, &root)?;
    let theirs = listed(&root);
    let started = Instant::now();
    let output = Command::new(heapmark()?)
        .args([
            "heapmark",
            "report",
            "--counts-only",
            "--no-record",
            "--format",
            "json",
        ])
        .current_dir(&root)
        .env("RUSTFLAGS", FLAGS)
        .stdin(Stdio::null())
        .output()?;
    let seconds = started.elapsed().as_secs();
    let run: Result<Value, _> = serde_json::from_slice(&output.stdout);
    let run = run.map_err(|_| anyhow::anyhow!("{}", last_error(&output)))?;
    let _ = fs::remove_dir_all(root.join("target"));
    let entries = run["entries"]
        .as_array()
        .context("the report has no entries")?;
    let ours: BTreeSet<String> = entries.iter().flat_map(names).collect();
    let is_exact = |entry: &&Value| entry["metrics"]["allocs"].is_i64();
    let exact = entries.iter().filter(is_exact).count();
    let failed = run["failures"].as_array().map_or(0, Vec::len);
    let criterion = criterion_of(&root);
    let (count, note) = match theirs {
        Ok(theirs) => {
            let missing: Vec<&String> = theirs.iter().filter(|id| !ours.contains(*id)).collect();
            let found = theirs.len() - missing.len();
            ensure!(
                found * 100 >= theirs.len() * LOWEST,
                "{found} of {} ids were measured; missing: {missing:?}; {}",
                theirs.len(),
                last_error(&output)
            );
            (
                theirs.len().to_string(),
                match missing.len() {
                    0 => String::new(),
                    missing => format!("{missing} ids missing"),
                },
            )
        }
        Err(error) => ("?".to_owned(), format!("criterion itself: {error:#}")),
    };
    let measured = entries.len();
    let note = match failed {
        0 => note,
        failed => format!("{note} {failed} failed"),
    };
    Ok(format!(
        "| {name} {version} | {criterion} | {count} | {measured} | {exact} | {seconds} | {} |",
        note.trim()
    ))
}

/// The names under which criterion could list a case: with its group, or without it, because a
/// benchmark without a group is in a group with the name of its bench target.
fn names(entry: &Value) -> Vec<String> {
    let text = |key: &str| entry[key].as_str().map(str::to_owned);
    let parameter = entry["parameter"].as_u64().map(|size| size.to_string());
    let rest = [text("question"), text("variant"), parameter];
    let rest: Vec<String> = rest
        .into_iter()
        .flatten()
        .filter(|name| !name.is_empty())
        .collect();
    let rest = rest.join("/");
    let group = text("group").unwrap_or_default();
    vec![format!("{group}/{rest}"), rest]
}

/// The ids that the benchmarks list when they are built with criterion.
fn listed(root: &Path) -> Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    let build = Command::new("cargo")
        .args(["bench", "--no-run", "--message-format", "json"])
        .current_dir(root)
        .env("RUSTFLAGS", FLAGS)
        .stdin(Stdio::null())
        .output()?;
    ensure!(build.status.success(), "{}", last_error(&build));
    for line in String::from_utf8_lossy(&build.stdout).lines() {
        let message: Value = serde_json::from_str(line)?;
        let is_bench = message["target"]["kind"][0] == "bench";
        let Some(binary) = message["executable"].as_str().filter(|_| is_bench) else {
            continue;
        };
        let list = Command::new(binary)
            .args(["--bench", "--list"])
            .current_dir(root)
            .stdin(Stdio::null())
            .output()?;
        for line in String::from_utf8_lossy(&list.stdout).lines() {
            let id = line
                .strip_suffix(": bench")
                .or_else(|| line.strip_suffix(": benchmark"));
            ids.extend(id.map(str::to_owned));
        }
    }
    ensure!(!ids.is_empty(), "no benchmark was listed");
    Ok(ids)
}

/// The versions of criterion in the lock file.
fn criterion_of(root: &Path) -> String {
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
    let packages = lock.split("[[package]]");
    let versions = packages.filter_map(|package| {
        let (_, rest) = package.split_once("name = \"criterion\"\nversion = \"")?;
        Some(rest.split('"').next()?.to_owned())
    });
    versions.collect::<Vec<_>>().join(", ")
}

/// The source folder of a published package, which cargo downloads.
fn fetch(folder: &Path, name: &str, version: &str) -> Result<PathBuf> {
    let asking = folder.join(format!("asking-{name}-{version}"));
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
    ensure!(output.status.success(), "{}", last_error(&output));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo printed no packages")?;
    let is_it = |package: &&Value| package["name"] == name && package["version"] == version;
    let manifest = packages
        .iter()
        .find(is_it)
        .and_then(|it| it["manifest_path"].as_str());
    let source = manifest.and_then(|path| Path::new(path).parent());
    Ok(source.context("cargo lists no such package")?.to_owned())
}

/// Makes a fresh copy of a folder.
fn copy(from: &Path, to: &Path) -> Result<()> {
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

/// The tool, built beside this program.
fn heapmark() -> Result<PathBuf> {
    let build = Command::new("cargo")
        .args([
            "build",
            "--release",
            "--quiet",
            "--package",
            "cargo-heapmark",
        ])
        .status()?;
    ensure!(build.success(), "cannot build cargo-heapmark");
    Ok(std::env::current_dir()?.join("target/release/cargo-heapmark"))
}

/// The last error that a program printed, on one line.
fn last_error(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let mut lines = said.lines().rev();
    let error = lines.find(|line| line.starts_with("error"));
    error.unwrap_or("it printed no error").replace('|', "/")
}
