//! `cargo xtask profile agreement`: checks that three tools count the same allocations for the same
//! requests. If they differ, a tool or its parser is wrong.

use std::io::{self, Write};

use anyhow::{Context, Result, bail};
use heapmark_model::format::plural;
use heapmark_model::record::{ToolAgreement, ToolTotal};

use cargo_heapmark::cli::stop_flag;
use cargo_heapmark::profile::run::{Job, Load, Tool, measure as profile};

use super::{Example, mix};

const TOOLS: [Tool; 3] = [Tool::Heaptrack, Tool::ValgrindDhat, Tool::Dhat];

/// Default number of requests under each tool.
pub const REQUESTS: u64 = 6_000;

#[derive(clap::Args)]
pub struct Arguments {
    /// Number of requests under each tool.
    #[arg(long, default_value_t = REQUESTS, value_parser = clap::value_parser!(u64).range(600..=1_000_000))]
    requests: u64,
}

/// Returns whether the tools differ by more than is allowed.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let agreement = measure(arguments.requests)?;
    tell(&agreement, &mut io::stdout())?;
    Ok(!agreement.holds())
}

/// The number of allocations that each tool counts for this many requests.
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
                .with_context(|| format!("{} reported no total number of blocks", tool.name()))?,
        });
    }
    Ok(ToolAgreement { requests, totals })
}

/// Prints a line for each total, and whether they agree.
pub fn tell(agreement: &ToolAgreement, out: &mut dyn Write) -> io::Result<()> {
    for total in &agreement.totals {
        let allocations = plural(total.blocks as usize, "allocation");
        writeln!(out, "{:>14}  {allocations}", total.tool)?;
    }
    writeln!(
        out,
        "{:>14}  within {:.3} %, at most {:.1} % is allowed; {}",
        if agreement.holds() { "AGREE" } else { "DIFFER" },
        agreement.spread() * 100.0,
        ToolAgreement::MOST * 100.0,
        plural(agreement.requests as usize, "request"),
    )
}
