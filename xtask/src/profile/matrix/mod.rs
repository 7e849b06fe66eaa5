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
use std::path::PathBuf;

use anyhow::Result;
use heapmark::profile::{Cell, CellVerdict, Matrix, ToolRow};

use super::found::{commit, write_json};
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
            version: tool.version(),
            cells,
        });
    }
    table::write(&matrix, &mut io::stdout())?;
    write_json(&matrix, &arguments.out)
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
