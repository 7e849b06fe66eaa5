//! Runs one program under one tool: starts it, sends rounds of requests if it is a server, stops it
//! and judges the tool's output.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::folder;
use super::rounds::{self, Marks};
use super::server::{Server, refuse_elsewhere};
use super::subject::Subject;
use super::tool::Tool;
use super::verdict::{self, ToolFinding};
use crate::profile::load::{Mix, Target};

/// The time limit in addition to the load: for the start of the server, the samples and the exit of
/// the tool.
const SPARE: Duration = Duration::from_secs(28);

/// What to measure.
pub struct Job<'a> {
    /// The program.
    pub subject: &'a dyn Subject,
    /// The load of a server; without it, the program runs to its end.
    pub load: Option<Load>,
    /// Set to stop the run.
    pub stop: &'a AtomicBool,
}

/// The load that is sent to a server.
pub struct Load {
    /// The requests.
    pub mix: Mix,
    /// The duration of the load, if no number of requests is given.
    pub lasting: Duration,
    /// The number of requests, the same under each tool.
    pub requests: Option<u64>,
    /// A host that may receive load, in addition to this machine.
    pub allow_remote: Option<String>,
}

impl Load {
    /// This number of requests of a mix. The slowest tool may take a minute for them.
    pub fn of_requests(mix: Mix, requests: u64) -> Self {
        Self {
            mix,
            lasting: Duration::from_secs(60),
            requests: Some(requests),
            allow_remote: None,
        }
    }
}

/// The result of a run.
pub struct Measured {
    /// The result of the tool's rule, and the profile.
    pub verdict: ToolFinding,
    /// The samples between the rounds of a server.
    pub marks: Option<Marks>,
    /// The program.
    pub program: PathBuf,
    /// The folder that contains the tool's output.
    pub folder: PathBuf,
    /// The duration of the run.
    pub elapsed: Duration,
    /// The exit status of a program that failed; `None` for a server, which heapmark stops.
    pub ended: Option<String>,
}

/// Runs the program under the tool.
///
/// # Errors
///
/// If the program does not build or start, the tool cannot see its heap, or the tool's output
/// allows no verdict.
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

/// Reads the requests in the file at `path`.
///
/// # Errors
///
/// If the file cannot be read or is not a mix of requests.
pub fn read_mix(path: &Path) -> Result<Mix> {
    std::fs::read_to_string(path)
        .map_err(anyhow::Error::from)
        .and_then(|text| Ok(Mix::parse(&text)?))
        .with_context(|| format!("cannot read the requests in {}", path.display()))
}
