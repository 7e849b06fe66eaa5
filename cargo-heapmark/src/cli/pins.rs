//! The flags that give a side of a comparison other versions of its dependencies.

use std::path::Path;

use super::CliError;
use crate::runner::{self, Pin};

/// Which versions to compare with.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PinArguments {
    /// Give a dependency this version on both sides, in the temporary worktrees.
    #[arg(long, value_name = "NAME=VERSION", conflicts_with = "record")]
    pub with: Vec<Pin>,
    /// The same on the base alone.
    #[arg(long, value_name = "NAME=VERSION", conflicts_with = "record")]
    pub base_with: Vec<Pin>,
    /// The same on the head alone.
    #[arg(long, value_name = "NAME=VERSION", conflicts_with = "record")]
    pub head_with: Vec<Pin>,
}

impl PinArguments {
    pub(super) fn of_base(&self) -> Vec<Pin> {
        [&self.with[..], &self.base_with].concat()
    }

    pub(super) fn of_head(&self) -> Vec<Pin> {
        [&self.with[..], &self.head_with].concat()
    }
}

/// Gives the dependencies of `package` in the worktree `folder` the versions of `pins`; what that
/// makes of `name`, as in `main with smallvec 1.10.0`.
pub(super) fn apply(
    pins: &[Pin],
    folder: &Path,
    package: &str,
    name: &str,
) -> Result<String, CliError> {
    let mut made = Vec::new();
    for pin in pins {
        let pinned = runner::pin(folder, package, pin).map_err(|source| CliError::Pin {
            side: name.to_owned(),
            source: Box::new(source),
        })?;
        let changed = if pinned.requirement_changed {
            " (requirement changed)"
        } else {
            ""
        };
        made.push(format!("{} {}{changed}", pin.name, pin.version));
    }
    Ok(if made.is_empty() {
        name.to_owned()
    } else {
        format!("{name} with {}", made.join(", "))
    })
}
