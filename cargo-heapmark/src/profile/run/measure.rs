//! One program under one tool: started, loaded in rounds if it is a server, ended, judged.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::folder;
use super::rounds::{self, Marks};
use super::server::{Server, refuse_elsewhere};
use super::subject::Subject;
use super::tool::Tool;
use super::verdict::{self, Verdict};
use crate::profile::load::{Mix, Target};

/// Beyond the load: start, marks and the end of a tool. Then whatever runs is ended.
const SPARE: Duration = Duration::from_secs(28);

/// What is measured.
pub struct Job<'a> {
    /// The program.
    pub subject: &'a dyn Subject,
    /// The load of a server; without it the program runs to its end.
    pub load: Option<Load>,
    /// Raised to end whatever runs.
    pub stop: &'a AtomicBool,
}

/// How a server is loaded.
pub struct Load {
    /// The requests.
    pub mix: Mix,
    /// How long the load takes, if no number of requests is given.
    pub lasting: Duration,
    /// How many requests instead, the same under each tool.
    pub requests: Option<u64>,
    /// The one host beside this machine that may be loaded.
    pub allow_remote: Option<String>,
}

impl Load {
    /// So many requests of a mix, for which the slowest tool may take a minute.
    pub fn of_requests(mix: Mix, requests: u64) -> Self {
        Self {
            mix,
            lasting: Duration::from_secs(60),
            requests: Some(requests),
            allow_remote: None,
        }
    }
}

/// What came of it.
pub struct Measured {
    /// What the tool's rule finds, and all that the tool found out.
    pub verdict: Verdict,
    /// The state between rounds of a server.
    pub marks: Option<Marks>,
    /// The program.
    pub program: PathBuf,
    /// Where the tool's output lies.
    pub folder: PathBuf,
    /// How long it took.
    pub elapsed: Duration,
    /// How a program ended that did not end well; a server is asked to end.
    pub ended: Option<String>,
}

/// Runs the program under the tool.
///
/// # Errors
///
/// If the program does not build or start, the tool cannot see it, or no verdict can be found.
pub fn measure(tool: Tool, job: &Job<'_>) -> Result<Measured> {
    let program = job.subject.program(tool)?;
    tool.refuse_foreign_allocator(&program)?;
    match &job.load {
        Some(load) => served(tool, job, load, program),
        None => to_its_end(tool, job, program),
    }
}

fn served(tool: Tool, job: &Job<'_>, load: &Load, program: PathBuf) -> Result<Measured> {
    let url = job.subject.ready_url();
    let allowed = load.allow_remote.as_deref();
    url.map(|url| refuse_elsewhere(url, allowed)).transpose()?;
    let folder = folder(tool)?;
    let began = Instant::now();
    let deadline = began + load.lasting + SPARE;
    let arguments = job.subject.arguments(tool);
    let mut server = Server::start(tool, &program, &arguments, &folder)?;
    let authority = server.wait_until_ready(url, deadline, job.stop)?;
    let target = Target::new(&authority, allowed)?;
    let amount = rounds::Size {
        load: load.lasting,
        requests: load.requests,
        deadline,
    };
    let states_heap = job.subject.states_heap();
    let marks = rounds::drive(target, &load.mix, amount, &server, states_heap, job.stop)?;
    let status = server.stop(deadline, job.stop)?;
    Ok(Measured {
        verdict: verdict::of_server(tool, &program, &folder, status, &marks)?,
        marks: Some(marks),
        program,
        folder,
        elapsed: began.elapsed(),
        ended: None,
    })
}

fn to_its_end(tool: Tool, job: &Job<'_>, program: PathBuf) -> Result<Measured> {
    let folder = folder(tool)?;
    let began = Instant::now();
    let arguments = job.subject.arguments(tool);
    let status = super::program::run(tool, &program, &arguments, &folder, job.stop)?;
    Ok(Measured {
        verdict: verdict::of_program(tool, &program, &folder, status)?,
        marks: None,
        program,
        folder,
        elapsed: began.elapsed(),
        ended: (!status.success() && !verdict::is_report(tool, status)).then(|| status.to_string()),
    })
}

/// The requests in the file at `path`.
///
/// # Errors
///
/// If it cannot be read or holds no requests.
pub fn read_mix(path: &Path) -> Result<Mix> {
    std::fs::read_to_string(path)
        .map_err(anyhow::Error::from)
        .and_then(|text| Ok(Mix::parse(&text)?))
        .with_context(|| path.display().to_string())
}
