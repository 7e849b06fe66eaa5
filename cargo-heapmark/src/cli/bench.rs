//! The flags that choose bench targets and limit how long a case may run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::CliError;
use crate::runner::{CargoFlags, Chosen, Workspace};

/// The bench targets that a command runs, and the time limit of a case.
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArguments {
    /// Bench target to run; can be repeated [default: the one with heapmark's harness, otherwise all
    /// of the package that use criterion].
    #[arg(long, value_name = "NAME")]
    pub bench: Vec<String>,
    /// Package of the bench targets [default: the one of the current folder].
    #[arg(long, short, value_name = "NAME")]
    pub package: Option<String>,
    /// Stop a process that takes longer than this for one case.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
    /// Flags for cargo.
    #[command(flatten)]
    pub cargo: CargoFlags,
}

impl BenchArguments {
    /// The workspace that the command measures.
    pub(super) fn workspace(&self) -> Result<Workspace, CliError> {
        Ok(Workspace::find_with(&self.folder()?, &self.cargo)?)
    }

    /// The folder in which the command was called, or that of `--manifest-path`.
    pub(super) fn folder(&self) -> Result<PathBuf, CliError> {
        Ok(self.cargo.folder(&std::env::current_dir()?))
    }

    /// The bench targets in `workspace` that the flags choose. `folder` is the current folder, or
    /// the one that corresponds to it in a checked-out commit.
    pub(super) fn choose(&self, workspace: &Workspace, folder: &Path) -> Result<Chosen, CliError> {
        Ok(workspace.choose(&self.bench, self.package.as_deref(), folder)?)
    }

    /// The time limit of one process.
    pub(super) fn deadline(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}
