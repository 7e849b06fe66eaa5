use std::time::Duration;

use crate::runner::{Target, Workspace, WorkspaceError};

/// Which cases a command runs, and how long one may take.
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArguments {
    /// The bench target [default: memory_benchmarks, or the only one that there is].
    #[arg(long, value_name = "NAME")]
    pub bench: Option<String>,
    /// The package that holds the bench target, where several have one of that name.
    #[arg(long, short, value_name = "NAME")]
    pub package: Option<String>,
    /// How long one process may take for one case before it counts as hung.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
}

impl BenchArguments {
    /// The bench target that they name in `workspace`.
    pub(super) fn target(&self, workspace: &Workspace) -> Result<Target, WorkspaceError> {
        workspace.bench(self.bench.as_deref(), self.package.as_deref())
    }

    /// How long one process may take.
    pub(super) fn deadline(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}
