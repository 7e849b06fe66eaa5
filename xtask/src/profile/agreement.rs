//! `cargo xtask profile agreement`: three tools count the allocations of the same requests, each in
//! its own way. Where they differ, a tool or its parser is wrong.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use heapmark::profile::{Agreement, Total};

use super::found::{commit, write_json};
use super::measure::{Job, measure};
use super::rounds;
use super::tool::Tool;

const TOOLS: [Tool; 3] = [Tool::Heaptrack, Tool::ValgrindDhat, Tool::Dhat];

#[derive(clap::Args)]
pub struct Arguments {
    /// Requests under each tool.
    #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u64).range(600..=1_000_000))]
    requests: u64,
    /// The file that the totals are also written to, as JSON.
    #[arg(long, default_value = "target/heapmark/profile/agreement.json")]
    out: PathBuf,
}

/// Whether the tools differ by more than they may.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let mut agreement = Agreement {
        commit: commit(),
        requests: arguments.requests,
        totals: Vec::new(),
    };
    for tool in TOOLS {
        if let Some(install) = tool.missing() {
            bail!("{} is not installed; {install}", tool.name());
        }
        let job = Job::of_example(rounds::example_mix(false)?, false, arguments.requests);
        let profile = measure(tool, &job)?.verdict.profile;
        let blocks = profile.sum(|site| site.total).blocks;
        agreement.totals.push(Total {
            tool: tool.name().to_owned(),
            blocks: blocks.with_context(|| format!("{} tells no total", tool.name()))?,
        });
    }
    let mut out = io::stdout();
    for total in &agreement.totals {
        writeln!(out, "{:>14}  {} allocations", total.tool, total.blocks)?;
    }
    writeln!(
        out,
        "{:>14}  within {:.3} %, of {:.1} % that are allowed; {} requests",
        if agreement.holds() { "AGREE" } else { "DIFFER" },
        agreement.spread() * 100.0,
        Agreement::MOST * 100.0,
        agreement.requests,
    )?;
    write_json(&agreement, &arguments.out)?;
    Ok(!agreement.holds())
}
