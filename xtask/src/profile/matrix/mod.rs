//! `cargo xtask profile matrix`: which leak patterns of the example server each tool sees, under the
//! same requests.
//!
//! ```text
//! live       an endpoint at a time, marks ────────────────┐
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

use anyhow::Result;
use heapmark_model::record::{ToolCell, ToolRow, ToolStudy, ToolSubject, ToolVerdict};

use super::PATTERNS;
use super::agreement;
use crate::study::Study;
use cargo_heapmark::cli::stop_flag;
use cargo_heapmark::profile::run::{ROUNDS, Tool};

/// Requests of a round to each pattern: five rounds divide by seven.
const ROUND: u64 = 252;
/// Requests to each pattern over the rounds that are compared.
const REQUESTS: u64 = ROUND * ROUNDS as u64;

const TOOLS: [Tool; 6] = [
    Tool::Live,
    Tool::Heaptrack,
    Tool::Dhat,
    Tool::Massif,
    Tool::Memcheck,
    Tool::Lsan,
];

/// Prints and records the table, and whether three of the tools count the same. A tool that is
/// missing or fails has a row that says so.
pub fn run() -> Result<()> {
    let begun = Study::begin("memory_benchmarks")?;
    let mut rows = Vec::new();
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
                    Err(error) if stop_flag().load(std::sync::atomic::Ordering::SeqCst) => {
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
        rows.push(ToolRow {
            tool: tool.name().to_owned(),
            version: tool.version(),
            cells,
        });
    }
    let mut out = io::stdout();
    table::write(&rows, REQUESTS, &mut out)?;
    let agreement = match agreement::measure(agreement::REQUESTS) {
        Ok(agreement) => {
            agreement::tell(&agreement, &mut out)?;
            Some(agreement)
        }
        Err(error) if stop_flag().load(std::sync::atomic::Ordering::SeqCst) => return Err(error),
        Err(error) => {
            writeln!(io::stderr(), "totals were not compared: {error:#}")?;
            None
        }
    };
    begun.save(&ToolStudy {
        provenance: begun.provenance.clone(),
        subject: ToolSubject::Server,
        repetitions: REQUESTS,
        tools: rows,
        agreement,
    })
}

fn missing() -> Vec<ToolCell> {
    let cell = |pattern: &str| ToolCell {
        pattern: pattern.to_owned(),
        verdict: ToolVerdict::Missing,
        bytes: None,
        blocks: None,
        callsite: None,
    };
    PATTERNS.map(cell).into()
}
