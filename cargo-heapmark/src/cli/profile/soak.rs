//! `soak`: load-tests an unmodified server and finds growth in heaptrack's log of its allocations.
//! It is a short form of `profile heaptrack` with `--load`.

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
    /// Seconds of load.
    #[arg(default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Send this many requests instead of loading the server for SECONDS.
    #[arg(long, conflicts_with = "seconds")]
    requests: Option<u64>,
    /// URL that the server answers when it is ready, as in <http://127.0.0.1:8080/health>. If its
    /// port is 0, the server must print its address in a line `ready pid=PID address=HOST:PORT`.
    #[arg(long)]
    ready_url: String,
    /// TOML file of the requests: `[[request]]` tables with method, path, body, weight, status.
    #[arg(long, value_name = "FILE")]
    load: PathBuf,
    /// Allow load on this host, in addition to this machine.
    #[arg(long, value_name = "HOST")]
    allow_remote: Option<String>,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The server and its arguments; its memory must come from the system allocator.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Load-tests the server. Returns a reason if its live memory grows in every round.
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
