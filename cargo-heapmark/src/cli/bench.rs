//! The flags that choose a bench target and limit how long a case may run.

use std::time::Duration;

use crate::runner::{Target, Workspace, WorkspaceError};

/// The bench target that a command runs, and its time limit.
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArguments {
    /// Bench target to run [default: the only one, or memory_benchmarks].
    #[arg(long, value_name = "NAME")]
    pub bench: Option<String>,
    /// Package of the bench target; needed if several packages have one with this name.
    #[arg(long, short, value_name = "NAME")]
    pub package: Option<String>,
    /// Stop a process that takes longer than this for one case.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
}

impl BenchArguments {
    /// The bench target in `workspace` that the flags name.
    pub(super) fn target(&self, workspace: &Workspace) -> Result<Target, WorkspaceError> {
        workspace.bench(self.bench.as_deref(), self.package.as_deref())
    }

    /// The time limit of one process.
    pub(super) fn deadline(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}
