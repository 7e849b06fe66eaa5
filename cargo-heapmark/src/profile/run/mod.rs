//! A program under a memory tool: run to its end, or as a server that is loaded in equal rounds.
//!
//! ```text
//!  Subject ─▶ program ─┬─ to its end ────────────────────────────────────┐
//!                      └─ ready ─▶ rounds, a mark after each ─▶ SIGTERM ─┼▶ verdict, profile
//!                          whatever happens: its process group is ended ─┘
//! ```
//!
//! A verdict follows the tool's own rule; docs/profiling.md has a table of them.

pub mod ask;
mod crates;
mod keep;
pub mod live;
mod lost;
mod measure;
mod place;
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
pub use keep::kept;
pub use lost::Lost;
pub use measure::{Job, Load, Measured, measure, read_mix};
pub use place::{Place, amount, below_here, rounded, sum};
pub use rounds::{Marks, ROUNDS};
pub use server::{Server, refuse_elsewhere};
pub use tool::{Choice, Tool};
pub use verdict::{Verdict, level};

/// Where profiles and what is built for them lie.
fn target_folder() -> Result<PathBuf> {
    Ok(std::path::absolute("target/heapmark/profile")?)
}

/// A new folder for what one run leaves.
///
/// # Errors
///
/// If it cannot be made.
pub fn folder(tool: Tool) -> Result<PathBuf> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let name = format!("{}-{}-{}", tool.name(), now.as_secs(), std::process::id());
    let folder = target_folder()?.join(name);
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}
