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

use crate::package;

/// Packages with benchmarks that use criterion 0.3 to 0.8, in the versions that were tried.
const PACKAGES: [&str; 10] = [
    "bytecount@0.6.9",
    "crc32fast@1.5.5",
    "half@2.7.1",
    "httparse@1.10.1",
    "itoa@1.0.19",
    "pem@4.0.0",
    "phf_generator@0.14.0",
    "semver@1.0.28",
    "smartstring@2.0.0",
    "tinytemplate@1.2.1",
];

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
fn measure(folder: &Path, named: &str) -> Result<String> {
    let (name, version) = named.split_once('@').context("write NAME@VERSION")?;
    let root = folder.join(format!("{name}-{version}"));
    package::copy(&package::fetch(folder, name, version)?, &root)?;
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
