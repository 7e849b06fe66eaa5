//! `cargo xtask profile TOOL`: a server under a memory tool, loaded in equal rounds.
//!
//! ```text
//! build ─▶ start under the tool ─▶ ready ─▶ rounds, a mark after each ─▶ SIGTERM ─▶ verdict
//!              └────────────── whatever happens: its process group is ended ──────────┘
//! ```
//!
//! It tells whether the tool's own rule finds a leak. What a tool wrote is read by
//! `cargo_heapmark::profile`.

mod agreement;
mod ask;
pub mod build;
pub mod ci;
pub mod crates;
mod diff;
mod keep;
mod limits;
mod live;
pub mod lost;
mod matrix;
mod measure;
mod place;
mod rounds;
mod server;
mod show;
pub mod soak;
pub mod tool;
mod verdict;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use cargo_heapmark::profile::NothingInCommon;
use measure::{Foreign, Job, measure, read_mix};
use rounds::ROUNDS;
use tool::Tool;

/// Raised by SIGINT and SIGTERM.
static STOP: AtomicBool = AtomicBool::new(false);

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    /// The tool; `all` runs those that are installed.
    #[arg(value_enum, required = true)]
    tool: Option<tool::Choice>,
    /// How long the server is loaded.
    #[arg(default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Load by this many requests instead, the same under each tool.
    #[arg(long, conflicts_with = "seconds")]
    requests: Option<u64>,
    /// The example server with all five leak patterns.
    #[arg(long)]
    leaky: bool,
    /// Another server, built already; its allocator has to be the system's.
    #[arg(long, requires_all = ["ready_url", "load"], conflicts_with = "leaky")]
    server: Option<PathBuf>,
    /// Where that server answers once it is ready, as in <http://127.0.0.1:8080/health> Port 0 is
    /// the one that the server names in a line `ready pid=PID address=HOST:PORT`.
    #[arg(long, requires = "server")]
    ready_url: Option<String>,
    /// The requests: `[[request]]` tables with method, path, body, weight, status.
    #[arg(long)]
    load: Option<PathBuf>,
    /// The one host beside this machine that may be loaded.
    #[arg(long, value_name = "HOST")]
    allow_remote: Option<String>,
}

/// What else there is to do.
#[derive(clap::Subcommand)]
enum Other {
    /// Show the output of a tool, or write it in the format of another one.
    Show(show::Arguments),
    /// Which callsites of two profiles differ.
    Diff(diff::Arguments),
    /// Which endpoints of the example server leave something behind, and where in the source.
    Live(live::Arguments),
    /// Which leak patterns of the example server each tool sees.
    Matrix,
    /// Whether three tools count the same allocations for the same requests.
    Agreement(agreement::Arguments),
    /// How fast the load is sent, and what a log of 200 MB takes to read.
    Limits,
}

/// Ends with 1 where a tool's rule finds a leak or something got worse, with 2 where something could
/// not be measured, and with 3 where two profiles cannot be compared.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    ended_by(|| match &arguments.other {
        None => profile_all(arguments),
        Some(Other::Diff(arguments)) => diff::run(arguments),
        Some(Other::Show(arguments)) => show::run(arguments).map(|()| false),
        Some(Other::Live(arguments)) => live::run(arguments),
        Some(Other::Matrix) => matrix::run().map(|()| false),
        Some(Other::Agreement(arguments)) => agreement::run(arguments),
        Some(Other::Limits) => limits::run(),
    })
}

/// The exit code of a task that tells whether something is wrong, and that a signal ends in order.
fn ended_by(task: impl FnOnce() -> Result<bool>) -> Result<ExitCode> {
    ctrlc::set_handler(|| STOP.store(true, Ordering::SeqCst))?;
    Ok(match task() {
        Ok(true) => ExitCode::from(1),
        Ok(false) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(io::stderr(), "error: {error:#}")?;
            ExitCode::from(if error.is::<NothingInCommon>() { 3 } else { 2 })
        }
    })
}

fn profile_all(arguments: &Arguments) -> Result<bool> {
    let mut leaks = false;
    let mut ran = 0;
    let mut failed = Vec::new();
    let tools = arguments.tool.map(tool::Choice::tools).unwrap_or_default();
    for &tool in &tools {
        if let Some(install) = tool.missing() {
            if let [_] = tools[..] {
                bail!("{} is not installed; {install}", tool.name());
            }
            writeln!(
                io::stdout(),
                "left out {}: not installed; {install}",
                tool.name()
            )?;
            continue;
        }
        if tools.len() > 1 && tool.is_inside() && arguments.server.is_some() {
            writeln!(
                io::stdout(),
                "left out {}: it has to be built into the server",
                tool.name()
            )?;
            continue;
        }
        ran += 1;
        match profile(tool, arguments) {
            Ok(found) => leaks |= found,
            Err(error) if tools.len() == 1 || STOP.load(Ordering::SeqCst) => return Err(error),
            Err(error) => failed.push(format!("{}: {error:#}", tool.name())),
        }
    }
    if ran == 0 {
        bail!("none of the tools is installed");
    }
    if !failed.is_empty() {
        bail!("could not measure with {}", failed.join("; "));
    }
    Ok(leaks)
}

fn profile(tool: Tool, arguments: &Arguments) -> Result<bool> {
    if tool == Tool::Live {
        return live::of_example(arguments.leaky);
    }
    let foreign = arguments.server.clone().zip(arguments.ready_url.clone());
    let job = Job {
        foreign: foreign.map(|(program, ready_url)| Foreign { program, ready_url }),
        mix: match &arguments.load {
            Some(path) => read_mix(path)?,
            None => rounds::example_mix(arguments.leaky)?,
        },
        leaky: arguments.leaky,
        load: Duration::from_secs(arguments.seconds),
        requests: arguments.requests,
        allow_remote: arguments.allow_remote.clone(),
    };
    let measured = measure(tool, &job)?;
    measured.tell(tool)?;
    measured.keep(tool)?;
    Ok(measured.verdict.leaks)
}

/// A new folder for what one run leaves.
fn folder(tool: Tool) -> Result<PathBuf> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let name = format!("{}-{}-{}", tool.name(), now.as_secs(), std::process::id());
    let folder = std::path::absolute("target/heapmark/profile")?.join(name);
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}
