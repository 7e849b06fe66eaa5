//! `cargo xtask profile matrix`: measures which leak patterns of the example server each tool finds
//! under the same requests.
//!
//! ```text
//! live       one endpoint at a time, samples ─────────────┐
//! heaptrack  all patterns, log divided at samples ────────┤ sites: stack, levels
//! dhat       all patterns, files after 1, 2, 4, 8 parts ──┤   └▶ pattern by line ─▶ judge ─▶ cell
//! massif     one pattern per run, snapshots at samples ───┤
//! memcheck   all patterns, "definitely lost" blocks ──────┤
//! lsan       the same ────────────────────────────────────┘
//! ```

mod patterns;
mod rows;
mod table;

use std::io;

use anyhow::Result;
use heapmark_model::record::{ToolCell, ToolRecord, ToolRow, ToolSubject, ToolVerdict};

use super::PATTERNS;
use super::agreement;
use crate::measurement::Measurement;
use crate::processes::say;
use cargo_heapmark::cli::stop_flag;
use cargo_heapmark::profile::run::{ROUNDS, Tool};

/// Requests of a round to each pattern. The requests of five rounds are divisible by seven.
const ROUND: u64 = 252;
/// Requests to each pattern in the rounds that are compared.
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
/// missing or fails gets a row that states this.
pub fn run() -> Result<()> {
    let begun = Measurement::begin("memory_benchmarks")?;
    let mut rows = Vec::new();
    for tool in TOOLS {
        let cells = match tool.missing() {
            Some(install) => {
                say(
                    "Skipped",
                    &format!("{}: not installed; {install}", tool.name()),
                )?;
                missing()
            }
            None => {
                say("Running", tool.name())?;
                match rows::cells(tool) {
                    Err(error) if stop_flag().load(std::sync::atomic::Ordering::SeqCst) => {
                        return Err(error);
                    }
                    Err(error) => {
                        say("Skipped", &format!("{}: {error:#}", tool.name()))?;
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
            say("Skipped", &format!("the comparison of totals: {error:#}"))?;
            None
        }
    };
    begun.save(&ToolRecord {
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
