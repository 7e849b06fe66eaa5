//! The parent process: builds the bench target, describes machine and commit, and runs every case.
//!
//! ```text
//!  Workspace::find ─▶ build ─▶ Suite (a binary) ─┬▶ count: 2 processes per case ──▶ CountResult
//!                                                └▶ time: many link orders per case ──▶ Timed
//!  Environment::read: commit, machine, toolchain ────────────────────────────────▶ Run
//! ```
//!
//! It starts processes and reads their replies. It does not compare runs or write records.

mod ahead;
mod build;
mod called;
mod choice;
mod command;
mod count;
mod dependency_override;
mod environment;
mod features;
mod flags;
mod git;
mod growth;
mod harness;
mod instructions;
mod link_order;
mod locked;
mod machine;
mod machine_state;
mod moved;
mod pairs;
mod rate;
mod requirement;
mod revision;
mod shadow;
mod snapshot;
mod source;
mod suite;
mod targets;
mod time;
mod toolchain;
mod workspace;
mod worktree;

pub use build::{BuildError, Built, REVISION, build, build_replaced, build_to_shuffle};
pub use called::Called;
pub use choice::{ChoiceError, Chosen};
pub use command::CommandError;
pub use count::{CONFIRMING, COUNTING, CountResult, count};
pub use dependency_override::{DependencyOverride, Overridden, OverrideError, override_dependency};
pub use environment::{Environment, now};
pub use features::{DevFeatures, dev_features};
pub use flags::CargoFlags;
pub use git::commit;
pub use growth::{Grown, growth};
pub use harness::Harness;
pub use instructions::{has_valgrind, instructions};
pub use locked::locked;
pub use machine::machine;
pub use machine_state::machine_state;
pub use moved::moved_lines;
pub use pairs::{PairPlan, Paired, pair};
pub use rate::{RATE_PROCESSES, rates, varies};
pub use requirement::EditError;
pub use revision::{Repository, RevisionError};
pub use shadow::{Replacement, Shadow, ShadowError};
pub use source::sources;
pub use suite::{Batches, Binary, CaseReply, Listing, Suite};
pub use targets::Targets;
pub use time::{TimePlan, Timed, time};
pub use toolchain::{sha256, toolchain};
pub use workspace::{Target, Workspace, WorkspaceError};
pub use worktree::{Worktree, WorktreeError, WorktreePool};
