//! `cargo xtask profile matrix`: which leak patterns of the example server each tool sees, under the
//! same requests.
//!
//! ```text
//! growth     an endpoint at a time, marks ────────────────┐
//! heaptrack  all patterns, its log cut at marks ──────────┤ sites: stack, levels
//! dhat       all patterns, its files after 1, 2, 4, 8 ────┤   └▶ pattern by line ─▶ judge ─▶ cell
//! massif     one pattern a run, snapshots at marks ───────┤
//! memcheck   all patterns, what is definitely lost ───────┤
//! lsan       the same ────────────────────────────────────┘
//! ```

mod patterns;
mod rows;
mod table;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use heapmark::profile::{Cell, CellVerdict, Matrix, ToolRow};

use super::rounds::PATTERNS;
use super::tool::Tool;
use super::{ROUNDS, STOP};

/// Requests of a round to each pattern: five rounds divide by seven.
const ROUND: u64 = 252;
/// Requests to each pattern over the rounds that are compared.
const REQUESTS: u64 = ROUND * ROUNDS as u64;

const TOOLS: [Tool; 6] = [
    Tool::Growth,
    Tool::Heaptrack,
    Tool::Dhat,
    Tool::Massif,
    Tool::Memcheck,
    Tool::Lsan,
];

#[derive(clap::Args)]
pub struct Arguments {
    /// The file that the table is also written to, as JSON.
    #[arg(long, default_value = "target/heapmark/profile/matrix.json")]
    out: PathBuf,
}

/// Prints and writes the table. A tool that is missing or fails has a row that says so.
pub fn run(arguments: &Arguments) -> Result<()> {
    let mut matrix = Matrix {
        commit: commit(),
        requests: REQUESTS,
        tools: Vec::new(),
    };
    for tool in TOOLS {
        let cells = match tool.missing() {
            Some(install) => {
                writeln!(
                    io::stderr(),
                    "left out {}: not installed; {install}",
                    tool.name()
                )?;
                missing()
            }
            None => {
                writeln!(io::stderr(), "{} …", tool.name())?;
                match rows::cells(tool) {
                    Err(error) if STOP.load(std::sync::atomic::Ordering::SeqCst) => {
                        return Err(error);
                    }
                    Err(error) => {
                        writeln!(io::stderr(), "left out {}: {error:#}", tool.name())?;
                        missing()
                    }
                    Ok(cells) => cells,
                }
            }
        };
        matrix.tools.push(ToolRow {
            tool: tool.name().to_owned(),
            version: version(tool),
            cells,
        });
    }
    table::write(&matrix, &mut io::stdout())?;
    write_json(&matrix, &arguments.out)
}

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

fn missing() -> Vec<Cell> {
    let cell = |pattern: &str| Cell {
        pattern: pattern.to_owned(),
        verdict: CellVerdict::Missing,
        bytes_per_request: None,
        blocks_per_request: None,
        callsite: None,
    };
    PATTERNS.map(cell).into()
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

/// What a tool says of its version.
pub fn version(tool: Tool) -> Option<String> {
    let program = match tool {
        Tool::Growth => return locked("heapmark"),
        Tool::Plain => return None,
        Tool::Dhat => return locked("dhat"),
        Tool::Lsan => return said(Command::new("rustc").args(["+nightly", "--version"])),
        Tool::Heaptrack => "heaptrack",
        Tool::Massif | Tool::Memcheck | Tool::ValgrindDhat => "valgrind",
    };
    let said = said(Command::new(program).arg("--version"))?;
    let number = said.find(|character: char| character.is_ascii_digit())?;
    Some(said[number..].to_owned())
}

/// The version of a dependency in the lock file.
fn locked(name: &str) -> Option<String> {
    let lock = std::fs::read_to_string("Cargo.lock").ok()?;
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

fn said(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
