//! `ci memory`: runs a server under the tools that find leaks best, for a pipeline that must fail
//! if the server leaks.
//!
//! live reports what each request keeps allocated, heaptrack covers the whole process, and memcheck
//! finds blocks that no pointer references. A missing tool is an error, because success without it
//! would be meaningless.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, bail};

use super::run::{make_page, print};
use crate::profile::load::Mix;
use crate::profile::run::subject::{Given, Subject};
use crate::profile::run::{Job, Load, Tool, kept, live, measure, read_mix};

/// Flags of `ci`.
#[derive(Debug, clap::Args)]
pub struct CiArguments {
    #[command(subcommand)]
    check: Check,
}

#[derive(Debug, clap::Subcommand)]
enum Check {
    /// Load-test a server under heaptrack and memcheck, and fail if it leaks.
    Memory(Memory),
}

#[derive(Debug, clap::Args)]
struct Memory {
    /// Send this many requests under each tool.
    #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u64).range(600..=1_000_000))]
    requests: u64,
    /// URL that the server answers when it is ready, as in <http://127.0.0.1:8080/health>.
    #[arg(long)]
    ready_url: String,
    /// TOML file of the requests: `[[request]]` tables with method, path, body, weight, status.
    #[arg(long, value_name = "FILE")]
    load: PathBuf,
    /// Also check each endpoint with `live`; the server must have the routes of `heapmark::live`.
    #[arg(long)]
    live: bool,
    /// The server and its arguments; its memory must come from the system allocator.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Checks the server. Returns a reason if a tool finds a leak.
///
/// # Errors
///
/// If a tool is missing or could not measure.
pub fn ci(arguments: &CiArguments, stop: &AtomicBool) -> Result<Option<String>> {
    let Check::Memory(memory) = &arguments.check;
    let (program, rest) = memory.command.split_first().unzip();
    let subject = Given {
        program: program.map(PathBuf::from).unwrap_or_default(),
        arguments: rest.unwrap_or_default().to_vec(),
        ready_url: Some(memory.ready_url.clone()),
    };
    let mix = read_mix(&memory.load)?;
    let mixes = Mixes {
        live: memory.live.then(|| mix.clone()),
        other: mix,
    };
    check_memory(&subject, &mixes, memory.requests, stop)
}

/// The requests under each tool.
pub struct Mixes {
    /// Under `live`, which is skipped without them.
    pub live: Option<Mix>,
    /// Under the other tools.
    pub other: Mix,
}

/// Runs a server under each tool. Returns a reason if one of them finds a leak.
///
/// # Errors
///
/// If a tool is missing or could not measure.
pub fn check_memory(
    subject: &dyn Subject,
    mixes: &Mixes,
    requests: u64,
    stop: &AtomicBool,
) -> Result<Option<String>> {
    let mut tools = vec![Tool::Heaptrack, Tool::Memcheck];
    if mixes.live.is_some() {
        tools.insert(0, Tool::Live);
    }
    for tool in &tools {
        if let Some(install) = tool.missing() {
            bail!("{} is not installed; {install}", tool.name());
        }
    }
    let mut rows = Vec::new();
    for tool in tools {
        writeln!(io::stdout(), "\n{:>10}  {}", "Profile", tool.name())?;
        let leaks = match (&mixes.live, tool) {
            (Some(mix), Tool::Live) => {
                let measured = live::measure(subject, mix, live::REQUESTS, stop)?;
                measured.write(&mut io::stdout())?;
                measured.leaks()
            }
            _ => {
                let job = Job {
                    subject,
                    load: Some(Load::of_requests(mixes.other.clone(), requests)),
                    stop,
                };
                let measured = measure(tool, &job)?;
                print(tool, &measured)?;
                make_page(&kept(tool, &measured)?)?;
                measured.verdict.leaks
            }
        };
        rows.push((tool, leaks));
    }
    let words: Vec<String> = rows
        .iter()
        .map(|(tool, leaks)| format!("{} {}", tool.name(), word(*leaks)))
        .collect();
    writeln!(io::stdout(), "\n{:>10}  {}", "Summary", words.join(", "))?;
    tell_pipeline(&rows)?;
    let leaking: Vec<&str> = rows
        .iter()
        .filter(|(_, leaks)| *leaks)
        .map(|(tool, _)| tool.name())
        .collect();
    let found = || format!("the server leaks according to {}", leaking.join(", "));
    Ok((!leaking.is_empty()).then(found))
}

fn word(leaks: bool) -> &'static str {
    if leaks { "LEAKS" } else { "CLEAN" }
}

/// Adds a table to the summary of the job in GitHub Actions.
fn tell_pipeline(rows: &[(Tool, bool)]) -> Result<()> {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from) else {
        return Ok(());
    };
    let mut text = String::from("| tool | server |\n|---|---|\n");
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
