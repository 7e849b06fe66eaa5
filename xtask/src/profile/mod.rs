//! `cargo xtask profile TOOL`: a server under a memory tool, loaded in equal rounds.
//!
//! ```text
//! build ─▶ start under the tool ─▶ ready ─▶ rounds, a mark after each ─▶ SIGTERM ─▶ verdict
//!              └────────────── whatever happens: its process group is ended ──────────┘
//! ```
//!
//! It tells whether the tool's own rule finds a leak. What a tool wrote is read by
//! `heapmark::profile`.

mod ask;
mod build;
mod growth;
mod rounds;
mod server;
mod show;
mod tool;
mod verdict;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};
use heapmark::profile::load::{Mix, Target};

use server::Server;
use tool::Tool;

/// Beyond the load: start, marks and the end of a tool. Then whatever runs is ended.
const SPARE: Duration = Duration::from_secs(28);

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
    /// Where that server answers once it is ready, as in <http://127.0.0.1:8080/health>.
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
    /// Which endpoints of the example server leave something behind, and where in the source.
    Growth(growth::Arguments),
}

/// Ends with 1 where a tool's rule finds a leak, with 2 where something could not be measured.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if let Some(Other::Show(arguments)) = &arguments.other {
        return Ok(match show::run(arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                writeln!(io::stderr(), "error: {error:#}")?;
                ExitCode::from(2)
            }
        });
    }
    ctrlc::set_handler(|| STOP.store(true, Ordering::SeqCst))?;
    let result = match &arguments.other {
        Some(Other::Growth(arguments)) => growth::run(arguments),
        _ => profile_all(arguments),
    };
    Ok(match result {
        Ok(true) => ExitCode::from(1),
        Ok(false) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(io::stderr(), "error: {error:#}")?;
            ExitCode::from(2)
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
        if tools.len() > 1 && tool == Tool::Dhat && arguments.server.is_some() {
            writeln!(
                io::stdout(),
                "left out dhat: it has to be built into the server"
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
    let program = match &arguments.server {
        Some(_) if tool == Tool::Dhat => {
            bail!("dhat has to be built into a server; use valgrind-dhat")
        }
        Some(path) => std::path::absolute(path)?,
        None => build::example(tool)?,
    };
    tool.refuse_foreign_allocator(&program)?;
    let mix = match &arguments.load {
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| path.display().to_string())
            .and_then(|text| Ok(Mix::parse(&text)?))?,
        None => rounds::example_mix(arguments.leaky)?,
    };
    let folder = folder(tool)?;
    let began = Instant::now();
    let load = Duration::from_secs(arguments.seconds);
    let deadline = began + load + SPARE;

    let mut server = Server::start(
        tool,
        &program,
        &folder,
        arguments.leaky,
        arguments.server.is_some(),
    )?;
    let authority = server.wait_until_ready(arguments.ready_url.as_deref(), deadline, &STOP)?;
    let target = Target::new(&authority, arguments.allow_remote.as_deref())?;
    let amount = rounds::Size {
        load,
        requests: arguments.requests,
        deadline,
    };
    let marks = rounds::drive(
        target,
        &mix,
        amount,
        &server,
        arguments.server.is_none(),
        &STOP,
    )?;
    let status = server.stop(deadline, &STOP)?;

    let verdict = verdict::judge(tool, &folder, status, &marks)?;
    let mut out = io::stdout();
    let word = if verdict.leaks { "LEAKS" } else { "CLEAN" };
    writeln!(out, "{word:>10}  {}: {}", tool.name(), verdict.sentence)?;
    writeln!(out, "            {}", marks.sentence())?;
    writeln!(
        out,
        "            {} s, output in {}",
        began.elapsed().as_secs(),
        folder.join(tool.output()).display()
    )?;
    for line in &verdict.growing {
        writeln!(out, "     grows  {line}")?;
    }
    heapmark::profile::summary(&verdict.profile, &mut out)?;
    Ok(verdict.leaks)
}

/// A new folder for what one run leaves.
fn folder(tool: Tool) -> Result<PathBuf> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let name = format!("{}-{}-{}", tool.name(), now.as_secs(), std::process::id());
    let folder = std::path::absolute("target/heapmark/profile")?.join(name);
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}
