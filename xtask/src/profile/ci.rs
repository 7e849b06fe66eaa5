//! `cargo xtask ci memory`: the example server under the tools that tell leaks apart best, for a
//! pipeline that has to turn red.
//!
//! live names what each request keeps, heaptrack sees the whole process, memcheck what nobody
//! points to any more. A tool that is missing is an error: it would be a green that means nothing.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use super::live;
use super::measure::{Job, measure};
use super::rounds::example_mix;
use super::tool::Tool;

const TOOLS: [Tool; 3] = [Tool::Live, Tool::Heaptrack, Tool::Memcheck];

/// Checks for a pipeline.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    check: Check,
}

#[derive(clap::Subcommand)]
enum Check {
    /// Build the example server, profile it, and fail where anything leaks.
    Memory(Memory),
}

#[derive(clap::Args)]
struct Memory {
    /// The server with its five leak patterns, which has to turn red.
    #[arg(long)]
    leaky: bool,
    /// Requests under each tool.
    #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u64).range(600..=1_000_000))]
    requests: u64,
}

/// Ends with 1 where a tool finds a leak, with 2 where one is missing or could not measure.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Check::Memory(memory) = &arguments.check;
    super::ended_by(|| check(memory))
}

fn check(memory: &Memory) -> Result<bool> {
    for tool in TOOLS {
        if let Some(install) = tool.missing() {
            bail!("{} is not installed; {install}", tool.name());
        }
    }
    let mut rows = Vec::new();
    for tool in TOOLS {
        writeln!(io::stdout(), "\n{:>10}  {}", "Profile", tool.name())?;
        rows.push((tool, leaks(tool, memory)?));
    }
    let words: Vec<String> = rows
        .iter()
        .map(|(tool, leaks)| format!("{} {}", tool.name(), word(*leaks)))
        .collect();
    writeln!(io::stdout(), "\n{:>10}  {}", "Summary", words.join(", "))?;
    tell_pipeline(&rows)?;
    Ok(rows.iter().any(|(_, leaks)| *leaks))
}

fn leaks(tool: Tool, memory: &Memory) -> Result<bool> {
    if tool == Tool::Live {
        return live::of_example(memory.leaky);
    }
    let job = Job::of_example(example_mix(memory.leaky)?, memory.leaky, memory.requests);
    let measured = measure(tool, &job)?;
    measured.tell(tool)?;
    measured.keep(tool)?;
    Ok(measured.verdict.leaks)
}

fn word(leaks: bool) -> &'static str {
    if leaks { "LEAKS" } else { "CLEAN" }
}

/// Adds a table to the page of the job, where GitHub runs it.
fn tell_pipeline(rows: &[(Tool, bool)]) -> Result<()> {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from) else {
        return Ok(());
    };
    let mut text = String::from("| tool | example server |\n|---|---|\n");
    for (tool, leaks) in rows {
        text += &format!("| {} | {} |\n", tool.name(), word(*leaks));
    }
    let append = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&file);
    append
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| file.display().to_string())
}
