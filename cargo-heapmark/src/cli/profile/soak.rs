//! `soak`: growth in an unmodified server, from heaptrack's log of its blocks. It is `profile
//! heaptrack` for a server of one's own and one question.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Result;

use super::run::{Format, run_all};
use crate::profile::run::subject::Given;
use crate::profile::run::{Choice, Job, Load, read_mix};

/// Flags of `soak`.
#[derive(Debug, clap::Args)]
pub struct SoakArguments {
    /// How long the server is loaded.
    #[arg(default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Load by this many requests instead.
    #[arg(long, conflicts_with = "seconds")]
    requests: Option<u64>,
    /// Where it answers once it is ready, as in <http://127.0.0.1:8080/health>. Port 0 is
    /// the one that the server names in a line `ready pid=PID address=HOST:PORT`.
    #[arg(long)]
    ready_url: String,
    /// The requests: a TOML file of `[[request]]` tables with method, path, body, weight, status.
    #[arg(long, value_name = "FILE")]
    load: PathBuf,
    /// The one host beside this machine that may be loaded.
    #[arg(long, value_name = "HOST")]
    allow_remote: Option<String>,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The server and its arguments; its allocator has to be the system's.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Load-tests the server; the reason if its live memory grows in every round.
///
/// # Errors
///
/// If it could not be measured.
pub fn soak(arguments: &SoakArguments, stop: &AtomicBool) -> Result<Option<String>> {
    let (program, rest) = arguments.command.split_first().unzip();
    let subject = Given {
        program: program.map(PathBuf::from).unwrap_or_default(),
        arguments: rest.unwrap_or_default().to_vec(),
        ready_url: Some(arguments.ready_url.clone()),
    };
    let load = Load {
        mix: read_mix(&arguments.load)?,
        lasting: Duration::from_secs(arguments.seconds),
        requests: arguments.requests,
        allow_remote: arguments.allow_remote.clone(),
    };
    let job = Job {
        subject: &subject,
        load: Some(load),
        stop,
    };
    run_all(Some(Choice::Heaptrack), arguments.format, &job)
}
