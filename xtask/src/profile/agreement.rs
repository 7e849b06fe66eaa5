//! `cargo xtask profile agreement`: three tools count the allocations of the same requests, each in
//! its own way. Where they differ, a tool or its parser is wrong.

use std::io::{self, Write};

use anyhow::{Context, Result, bail};
use heapmark_model::record::{ToolAgreement, ToolTotal};

use cargo_heapmark::cli::stop_flag;
use cargo_heapmark::profile::run::{Job, Load, Tool, measure as profile};

use super::{Example, mix};

const TOOLS: [Tool; 3] = [Tool::Heaptrack, Tool::ValgrindDhat, Tool::Dhat];

/// Requests under each tool, where nobody says.
pub const REQUESTS: u64 = 6_000;

#[derive(clap::Args)]
pub struct Arguments {
    /// Requests under each tool.
    #[arg(long, default_value_t = REQUESTS, value_parser = clap::value_parser!(u64).range(600..=1_000_000))]
    requests: u64,
}

/// Whether the tools differ by more than they may.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let agreement = measure(arguments.requests)?;
    tell(&agreement, &mut io::stdout())?;
    Ok(!agreement.holds())
}

/// What each tool counts of so many requests.
pub fn measure(requests: u64) -> Result<ToolAgreement> {
    let mut totals = Vec::new();
    for tool in TOOLS {
        if let Some(install) = tool.missing() {
            bail!("{} is not installed; {install}", tool.name());
        }
        let job = Job {
            subject: &Example { leaky: false },
            load: Some(Load::of_requests(mix(false)?, requests)),
            stop: stop_flag(),
        };
        let blocks = profile(tool, &job)?.verdict.profile.sum(|site| site.total);
        totals.push(ToolTotal {
            tool: tool.name().to_owned(),
            blocks: blocks
                .blocks
                .with_context(|| format!("{} tells no total", tool.name()))?,
        });
    }
    Ok(ToolAgreement { requests, totals })
}

/// A line for each total, and whether they agree.
pub fn tell(agreement: &ToolAgreement, out: &mut dyn Write) -> io::Result<()> {
    for total in &agreement.totals {
        writeln!(out, "{:>14}  {} allocations", total.tool, total.blocks)?;
    }
    writeln!(
        out,
        "{:>14}  within {:.3} %, of {:.1} % that are allowed; {} requests",
        if agreement.holds() { "AGREE" } else { "DIFFER" },
        agreement.spread() * 100.0,
        ToolAgreement::MOST * 100.0,
        agreement.requests,
    )
}
