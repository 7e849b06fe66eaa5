//! The parent side: builds the bench target, describes machine and commit, runs every case.
//!
//! ```text
//!  Workspace::find ─▶ build ─▶ Suite (a binary) ─▶ count: 2 processes a case ─▶ Counted
//!  Environment::read: commit, machine, toolchain ────────────────────────────▶ Run
//! ```
//!
//! It starts processes and reads their answers; it neither judges runs against each other nor
//! writes files.

mod build;
mod command;
mod count;
mod environment;
mod git;
mod machine;
mod suite;
mod toolchain;
mod workspace;

pub use build::{BuildError, build};
pub use command::CommandError;
pub use count::{Counted, count};
pub use environment::Environment;
pub use git::commit;
pub use machine::machine;
pub use suite::{Answer, Binary, Listing, Suite};
pub use toolchain::toolchain;
pub use workspace::{Target, Workspace, WorkspaceError};
