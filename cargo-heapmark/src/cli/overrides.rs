//! The flags that override the versions of dependencies on the sides of a comparison.

use std::path::Path;

use super::CliError;
use crate::runner::{self, DependencyOverride};

/// Dependency overrides.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct OverrideArguments {
    /// Override the version of a dependency on both sides (the work tree is not changed).
    #[arg(long, value_name = "NAME=VERSION", conflicts_with = "record")]
    pub with: Vec<DependencyOverride>,
    /// Override the version of a dependency on the base.
    #[arg(long, value_name = "NAME=VERSION", conflicts_with = "record")]
    pub base_with: Vec<DependencyOverride>,
    /// Override the version of a dependency on the head.
    #[arg(long, value_name = "NAME=VERSION", conflicts_with = "record")]
    pub head_with: Vec<DependencyOverride>,
}

impl OverrideArguments {
    pub(super) fn of_base(&self) -> Vec<DependencyOverride> {
        [&self.with[..], &self.base_with].concat()
    }

    pub(super) fn of_head(&self) -> Vec<DependencyOverride> {
        [&self.with[..], &self.head_with].concat()
    }
}

/// Applies `overrides` to the dependencies of `package` in the worktree `folder`. Returns `name`
/// with the versions, as in `main with smallvec 1.10.0`.
pub(super) fn apply(
    overrides: &[DependencyOverride],
    folder: &Path,
    package: &str,
    name: &str,
) -> Result<String, CliError> {
    let mut made = Vec::new();
    for override_ in overrides {
        let overridden =
            runner::override_dependency(folder, package, override_).map_err(|source| {
                CliError::DependencyOverride {
                    side: name.to_owned(),
                    source: Box::new(source),
                }
            })?;
        let changed = if overridden.requirement_changed {
            " (requirement changed)"
        } else {
            ""
        };
        made.push(format!("{} {}{changed}", override_.name, override_.version));
    }
    Ok(if made.is_empty() {
        name.to_owned()
    } else {
        format!("{name} with {}", made.join(", "))
    })
}
