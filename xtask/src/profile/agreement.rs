//! `cargo xtask profile agreement`: three tools count the allocations of the same requests, each in
//! its own way. Where they differ, a tool or its parser is wrong.

use std::io::{self, Write};

use anyhow::{Context, Result, bail};

use super::measure::{Job, measure};
use super::rounds;
use super::tool::Tool;

const TOOLS: [Tool; 3] = [Tool::Heaptrack, Tool::ValgrindDhat, Tool::Dhat];
/// The share of all allocations by which two tools may differ.
const MOST: f64 = 0.005;

#[derive(clap::Args)]
pub struct Arguments {
    /// Requests under each tool.
    #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u64).range(600..=1_000_000))]
    requests: u64,
}

/// Whether the tools differ by more than they may.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let mut totals = Vec::new();
    for tool in TOOLS {
        if let Some(install) = tool.missing() {
            bail!("{} is not installed; {install}", tool.name());
        }
        let job = Job::of_example(rounds::example_mix(false)?, false, arguments.requests);
        let profile = measure(tool, &job)?.verdict.profile;
        let blocks = profile.sum(|site| site.total).blocks;
        let blocks = blocks.with_context(|| format!("{} tells no total", tool.name()))?;
        totals.push((tool, blocks));
    }
    let spread = spread(totals.iter().map(|(_, blocks)| *blocks));
    let mut out = io::stdout();
    for (tool, blocks) in &totals {
        writeln!(out, "{:>14}  {blocks} allocations", tool.name())?;
    }
    let agree = spread <= MOST;
    writeln!(
        out,
        "{:>14}  within {:.3} %, of {:.1} % that are allowed; {} requests",
        if agree { "AGREE" } else { "DIFFER" },
        spread * 100.0,
        MOST * 100.0,
        arguments.requests,
    )?;
    Ok(!agree)
}

/// By which share of the least the most exceeds it.
fn spread(totals: impl Iterator<Item = u64> + Clone) -> f64 {
    let (least, most) = (totals.clone().min(), totals.max());
    match (least, most) {
        (Some(least), Some(most)) if least > 0 => (most - least) as f64 / least as f64,
        // Nothing was counted, and that is no agreement.
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_that_count_half_a_hundredth_apart_agree_and_no_further() {
        assert!(spread([200_000, 200_900, 201_000].into_iter()) <= MOST);
        assert!(spread([200_000, 201_100].into_iter()) > MOST);
    }

    #[test]
    fn tools_that_count_nothing_do_not_agree() {
        assert!(spread([0, 0].into_iter()) > MOST);
    }
}
