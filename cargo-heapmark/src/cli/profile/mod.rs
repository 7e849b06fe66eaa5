//! The commands for profiles: `profile`, `profile show`, `profile diff`, `soak` and `ci memory`.

#[cfg(unix)]
mod ci;
mod diff;
pub(super) mod pages;
#[cfg(unix)]
mod run;
mod show;
#[cfg(unix)]
mod soak;

use heapmark_model::profile::NothingInCommon;

#[cfg(unix)]
pub use ci::{CiArguments, Mixes, check_memory, ci};
pub use diff::{DiffArguments, diff};
#[cfg(unix)]
pub use run::{Other, ProfileArguments, RunArguments, TargetArguments, profile, run_all};
pub use show::{ShowArguments, show};
#[cfg(unix)]
pub use soak::{SoakArguments, soak};

use super::{End, Exit};

/// The exit code of a command for profiles. `Ok(Some(_))` is the reason for exit code 1.
pub fn ended(result: anyhow::Result<Option<String>>) -> End {
    match result {
        Ok(None) => End::fine(),
        Ok(Some(reason)) => End::by_weight([(Exit::Worse, vec![reason])]),
        Err(error) => {
            let exit = match error.is::<NothingInCommon>() {
                true => Exit::NotComparable,
                false => Exit::Cannot,
            };
            End::by_weight([(exit, vec![format!("{error:#}")])])
        }
    }
}
