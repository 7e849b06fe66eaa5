//! `cargo xtask soak`: growth in a server that nobody changed or built anew, from heaptrack's log of
//! its blocks. It is `profile heaptrack` for those who have a server of their own and one question.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use super::measure::{Foreign, Job, measure, read_mix};
use super::tool::Tool;

#[derive(clap::Args)]
pub struct Arguments {
    /// How long the server is loaded.
    #[arg(default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Load by this many requests instead.
    #[arg(long, conflicts_with = "seconds")]
    requests: Option<u64>,
    /// The server's binary; its allocator has to be the system's.
    #[arg(long)]
    server: PathBuf,
    /// Where it answers once it is ready, as in <http://127.0.0.1:8080/health> Port 0 is
    /// the one that the server names in a line `ready pid=PID address=HOST:PORT`.
    #[arg(long)]
    ready_url: String,
    /// The requests: `[[request]]` tables with method, path, body, weight, status.
    #[arg(long)]
    load: PathBuf,
    /// The one host beside this machine that may be loaded.
    #[arg(long, value_name = "HOST")]
    allow_remote: Option<String>,
}

/// Ends with 1 where live memory grows in every round, with 2 where it could not be measured.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    super::ended_by(|| {
        if let Some(install) = Tool::Heaptrack.missing() {
            bail!("heaptrack is not installed; {install}");
        }
        let job = Job {
            foreign: Some(Foreign {
                program: arguments.server.clone(),
                ready_url: arguments.ready_url.clone(),
            }),
            mix: read_mix(&arguments.load)?,
            leaky: false,
            load: Duration::from_secs(arguments.seconds),
            requests: arguments.requests,
            allow_remote: arguments.allow_remote.clone(),
        };
        let measured = measure(Tool::Heaptrack, &job)?;
        measured.tell(Tool::Heaptrack)?;
        measured.keep(Tool::Heaptrack)?;
        Ok(measured.verdict.leaks)
    })
}
