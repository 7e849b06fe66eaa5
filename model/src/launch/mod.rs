//! Starts a worker process for one request and reads its reply within a deadline.
//!
//! ```text
//!  ask ──spawn──▶ request on stdin ──▶ lines on stdout ──▶ Done ──▶ exit
//!                      │ deadline, stop flag or exit: the child is killed and reaped
//! ```
//!
//! Each process handles one request, so that what a case leaves behind cannot affect the next one.
//! This module judges nothing and does not know cargo: the runner builds the binary.

mod each;
mod printed;
mod session;
mod tail;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::protocol::{self, ProtocolError, Reply, Request, WORKER_ARGUMENT};
pub use printed::Excess;
use printed::Printed;
pub use session::Session;
use tail::Tail;

/// How to start workers.
#[derive(Clone, Debug)]
pub struct Launcher<'a> {
    program: PathBuf,
    folder: Option<PathBuf>,
    variables: Vec<(String, OsString)>,
    deadline: Duration,
    stop: &'a AtomicBool,
}

/// Why a request got no complete answer.
#[derive(Debug)]
pub enum LaunchError {
    /// The program could not be started.
    Start {
        /// The program.
        program: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The worker uses another version of the protocol.
    Protocol(ProtocolError),
    /// The worker reports that it could not carry out the request.
    Failed(String),
    /// The worker was still busy at the deadline and was killed.
    Hung(Duration),
    /// The worker exited in the middle of its answer.
    Died {
        /// How it ended.
        status: String,
        /// The end of what it printed to stderr.
        stderr: String,
    },
    /// The program exited with an error before its first reply.
    NeverAnswered {
        /// The program.
        program: PathBuf,
        /// How it ended.
        status: String,
        /// The end of what it printed to stderr.
        stderr: String,
    },
    /// The program is not a worker: it exited successfully without a reply, or rejected the
    /// argument that turns it into a worker.
    NoHarness {
        /// The program.
        program: PathBuf,
        /// How it ended.
        status: String,
    },
    /// The worker printed too much and was killed.
    Flooded(Excess),
    /// The worker knows the pass but cannot run it here.
    Unsupported,
    /// The stop flag was set.
    Interrupted,
}

impl fmt::Display for LaunchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { program, source } => {
                let program = program.display();
                write!(out, "cannot start `{program}`: {source}; rebuild it")
            }
            Self::Protocol(error) => error.fmt(out),
            Self::Failed(reason) => out.write_str(reason),
            Self::Hung(deadline) => write!(out, "hung: no answer within {} s", deadline.as_secs()),
            Self::Died { status, stderr } => write!(out, "{status}{}", said(stderr)),
            Self::NeverAnswered {
                program,
                status,
                stderr,
            } => write!(out, "`{}` {status}{}", program.display(), said(stderr)),
            Self::NoHarness { program, status } => write!(
                out,
                "`{}` is not a heapmark harness ({status}); its bench target needs `harness = false` and `heapmark::main!`",
                program.display()
            ),
            Self::Flooded(excess) => excess.fmt(out),
            Self::Unsupported => out.write_str(
                "no instructions were counted: the bench binary cannot count them here; counting needs Linux on x86-64 or aarch64, and heapmark's `main!`",
            ),
            Self::Interrupted => out.write_str("interrupted"),
        }
    }
}

impl std::error::Error for LaunchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<ProtocolError> for LaunchError {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}

impl From<Excess> for LaunchError {
    fn from(excess: Excess) -> Self {
        Self::Flooded(excess)
    }
}

/// The number of lines of stderr that an error quotes.
const QUOTED: usize = 3;

/// The last lines with content. A panic prints a note about backtraces after its message.
fn said(stderr: &str) -> String {
    let lines = stderr.lines().map(str::trim);
    let mut lines: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with("note: "))
        .collect();
    lines.drain(..lines.len().saturating_sub(QUOTED));
    match lines.join("; ") {
        text if text.is_empty() => text,
        text => format!(": {text}"),
    }
}

/// The maximum length in characters of a worker's reason: a panic message can be of any size.
const REASON: usize = 4_096;

fn shortened(reason: String) -> String {
    match reason.char_indices().nth(REASON) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason,
    }
}

/// How often the stop flag and the deadline are checked while a worker prints nothing.
const TICK: Duration = Duration::from_millis(50);

/// How long a worker may take to exit after its last reply.
const GRACE: Duration = Duration::from_secs(1);

impl<'a> Launcher<'a> {
    /// Starts `program` for each request. A worker that is still busy after `deadline`, or when
    /// `stop` is set, is killed.
    pub fn new(program: impl Into<PathBuf>, deadline: Duration, stop: &'a AtomicBool) -> Self {
        Self {
            program: program.into(),
            folder: None,
            variables: Vec::new(),
            deadline,
            stop,
        }
    }

    /// The same launcher, which starts programs in `folder` and with these environment variables.
    pub fn inside(self, folder: impl Into<PathBuf>, variables: Vec<(String, OsString)>) -> Self {
        Self {
            folder: Some(folder.into()),
            variables,
            ..self
        }
    }

    /// The same launcher for another program.
    pub fn with_program(&self, program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            ..self.clone()
        }
    }

    /// Sends `request` to a new worker. Returns its replies without the final `Done`.
    ///
    /// # Errors
    ///
    /// A [`LaunchError`] if there is no complete answer. The child has exited in every case.
    pub fn ask(&self, request: &Request) -> Result<Vec<Reply>, LaunchError> {
        let mut worker = self.start()?;
        let mut answer = worker.send(request).and_then(|()| self.listen(&mut worker));
        // Only a worker that has sent its last reply is about to exit on its own.
        let ended = worker.end(if answer.is_ok() {
            GRACE
        } else {
            Duration::ZERO
        });
        // A program with its own `main` function can fail half-way and still send its list.
        let failed = ended.filter(|status| !status.success());
        if let (Request::List, Ok(replies), Some(status)) = (request, &mut answer, failed) {
            let reason = match status.code() {
                Some(code) => format!("the program exited with code {code} after its list"),
                None => describe(status),
            };
            replies.push(Reply::Incomplete { reason });
        }
        answer
    }

    fn start(&self) -> Result<Worker, LaunchError> {
        let mut command = Command::new(&self.program);
        command.args(["--bench", WORKER_ARGUMENT]);
        self.prepare(&mut command);
        Worker::spawn(command, &self.program)
    }

    fn prepare(&self, command: &mut Command) {
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        let variables = self.variables.iter();
        command.envs(variables.map(|(name, value)| (name, value)));
    }

    fn listen(&self, worker: &mut Worker) -> Result<Vec<Reply>, LaunchError> {
        let (replies, _) = self.listen_until(worker, &mut |_| false)?;
        Ok(replies)
    }

    /// The replies up to the end, or up to the first for which `is_end` is true. The second value is
    /// whether the worker has sent its last reply.
    fn listen_until(
        &self,
        worker: &mut Worker,
        is_end: &mut dyn FnMut(&Reply) -> bool,
    ) -> Result<(Vec<Reply>, bool), LaunchError> {
        let deadline = Instant::now() + self.deadline;
        let mut replies = Vec::new();
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(LaunchError::Interrupted);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(LaunchError::Hung(self.deadline));
            }
            if let Some(excess) = worker.printed.excess() {
                return Err(excess.into());
            }
            match worker.lines.recv_timeout(left.min(TICK)) {
                Ok(line) => match protocol::decode::<Reply>(&line)? {
                    Some(Reply::Done) => return Ok((replies, true)),
                    Some(Reply::Failed { reason }) => {
                        return Err(LaunchError::Failed(shortened(reason)));
                    }
                    Some(reply) if is_end(&reply) => return Ok((replies, false)),
                    Some(reply) => replies.push(reply),
                    None => {}
                },
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    if let Some(excess) = worker.printed.excess() {
                        return Err(excess.into());
                    }
                    return Err(worker.obituary(&self.program, !replies.is_empty()));
                }
            }
        }
    }
}

/// A running child process with a reader for each of its streams.
struct Worker {
    child: Child,
    lines: Receiver<String>,
    printed: Printed,
    stderr: Tail,
}

impl Worker {
    fn spawn(mut command: Command, program: &Path) -> Result<Self, LaunchError> {
        let at_start = |source| LaunchError::Start {
            program: program.to_owned(),
            source,
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(at_start)?;
        let (sender, lines) = channel();
        let printed = Printed::default();
        if let Some(stdout) = child.stdout.take() {
            let printed = printed.clone();
            // The reader ends when the pipe closes. It is not joined, because a grandchild of the
            // case can hold the pipe open indefinitely.
            std::thread::spawn(move || printed.follow(stdout, |line| sender.send(line).is_ok()));
        }
        let stderr = child.stderr.take();
        let stderr =
            stderr.map_or_else(Tail::empty, |stderr| Tail::follow(stderr, printed.clone()));
        Ok(Self {
            child,
            lines,
            printed,
            stderr,
        })
    }

    /// Sends the only request of this worker.
    fn send(&mut self, request: &Request) -> Result<(), LaunchError> {
        let told = self.tell(request);
        drop(self.child.stdin.take());
        told
    }

    fn tell(&mut self, request: &Request) -> Result<(), LaunchError> {
        self.printed.restart();
        let line = protocol::encode(request);
        if let Some(stdin) = &mut self.child.stdin {
            // Writing to a child that has already exited fails. The reader reports how it exited.
            let _ = writeln!(stdin, "{line}");
        }
        Ok(())
    }

    /// The error for a child whose output ended without `Done`.
    fn obituary(&mut self, program: &Path, greeted: bool) -> LaunchError {
        let ended = self.wait(GRACE);
        let status = ended.map_or_else(|| "closed its output without exiting".to_owned(), describe);
        let stderr = self.stderr.text();
        let program = program.to_owned();
        let refused = stderr.contains(WORKER_ARGUMENT.trim_start_matches('-'));
        if greeted {
            LaunchError::Died { status, stderr }
        } else if refused || ended.is_some_and(|status| status.success()) {
            LaunchError::NoHarness { program, status }
        } else {
            LaunchError::NeverAnswered {
                program,
                status,
                stderr,
            }
        }
    }

    fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + patience;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => {
                    std::thread::sleep(Duration::from_micros(200))
                }
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// Waits up to `patience` for the child to exit, then kills it. Never leaves it running. Returns
    /// how it ended; `None` if it was killed.
    fn end(mut self, patience: Duration) -> Option<ExitStatus> {
        let ended = self.wait(patience);
        if ended.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        ended
    }
}

/// How a process ended, for a message.
pub fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("killed by signal {signal}{}", signal_name(signal));
    }
    match status.code() {
        Some(code) => format!("exited with code {code} before its answer was complete"),
        None => status.to_string(),
    }
}

/// The names of the signals that faulty cases usually die from.
#[cfg(unix)]
fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => " (illegal instruction)",
        6 => " (abort)",
        7 => " (bus error)",
        8 => " (arithmetic fault)",
        9 => " (SIGKILL, possibly from the out-of-memory killer)",
        11 => " (segmentation fault, possibly a stack overflow)",
        _ => "",
    }
}
