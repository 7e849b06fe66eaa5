//! The run that the numbers of a page are from.

use serde::Serialize;

use super::series::channel;
use super::status::short_commit;
use heapmark_model::format;
use heapmark_model::record::{Commit, Run};

/// The run that a page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The first characters of the commit's hash.
    pub commit: String,
    /// The whole hash.
    pub sha: String,
    /// The first line of the commit's message.
    pub subject: String,
    /// When it was committed, as displayed.
    pub committed: String,
    /// When it was measured, as displayed.
    pub measured: String,
    /// The same in RFC 3339, for the script that shows the age of the numbers.
    pub measured_at: String,
    /// Whether the work tree differed from the commit.
    pub dirty: bool,
    /// The processor and its cores.
    pub machine: String,
    /// The global allocator.
    pub allocator: String,
    /// The compiler and its channel.
    pub toolchain: String,
}

impl Source {
    pub(super) fn from_run(run: &Run) -> Self {
        Self {
            commit: format::abbreviated(&run.commit.sha),
            sha: run.commit.sha.clone(),
            subject: run.commit.subject.clone(),
            committed: format::date(&run.commit.committed_at),
            measured: format::date(&run.measured_at),
            measured_at: run.measured_at.clone(),
            dirty: run.commit.dirty,
            machine: machine(run),
            allocator: run.allocator.clone(),
            toolchain: toolchain(run),
        }
    }
}

fn machine(run: &Run) -> String {
    let cores = usize::try_from(run.machine.cores).unwrap_or(usize::MAX);
    format!("{}, {}", run.machine.cpu, format::plural(cores, "core"))
}

fn toolchain(run: &Run) -> String {
    let rustc = &run.toolchain.rustc;
    match channel(rustc) {
        "stable" => format!("rustc {rustc} stable"),
        _ => format!("rustc {rustc}"),
    }
}

/// The name and day of a run's commit, as in `3f2a91c of 2026-11-20`.
pub(super) fn dated(run: &Run) -> String {
    dated_commit(&run.commit)
}

/// The name and day of a commit; see [`dated`].
pub(super) fn dated_commit(commit: &Commit) -> String {
    format!(
        "{} of {}",
        short_commit(commit),
        format::day(&commit.committed_at)
    )
}
