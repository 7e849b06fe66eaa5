//! Runs a program under a memory tool: to its end, or as a server that receives equal rounds of
//! requests.
//!
//! ```text
//!  Subject ─▶ program ─┬─ to its end ─────────────────────────────────────┐
//!                      └─ ready ─▶ rounds, a sample after each ─▶ SIGTERM ┼▶ verdict, profile
//!                          on an error, too: its process group is killed ─┘
//! ```
//!
//! The verdict follows the rule of the tool; docs/profiling.md has a table of these rules.

pub mod ask;
mod crates;
mod growing_site;
mod keep;
pub mod live;
mod lost;
mod measure;
mod program;
mod rounds;
mod server;
pub mod subject;
mod tool;
mod verdict;

use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Context, Result};

pub use crates::name_crates;
pub use growing_site::{GrowingSite, amount, below_here, sum};
pub use keep::kept;
pub use lost::Lost;
pub use measure::{Job, Load, Measured, measure, read_mix};
pub use rounds::{Marks, ROUNDS};
pub use server::{Server, refuse_elsewhere};
pub use tool::{Choice, Tool};
pub use verdict::{ToolFinding, level};

/// The folder of profiles, and of the programs that are built for them.
fn target_folder() -> Result<PathBuf> {
    Ok(std::path::absolute("target/heapmark/profile")?)
}

/// Creates a new folder for the files of one run.
///
/// # Errors
///
/// If the folder cannot be created.
pub fn folder(tool: Tool) -> Result<PathBuf> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let name = format!("{}-{}-{}", tool.name(), now.as_secs(), std::process::id());
    let folder = target_folder()?.join(name);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
