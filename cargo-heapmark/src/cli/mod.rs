//! The commands that `cargo heapmark` and `cargo xtask` share. Connects the other modules, so that
//! each command reads as its data flow. Does not measure, judge or render itself.

mod acks;
mod backfill;
mod bench;
mod built;
mod compare;
mod comparison_page;
mod effort;
mod end;
mod growth;
mod leaks;
mod overrides;
mod phases;
pub mod profile;
mod progress;
mod report;
mod serve;
mod side;
mod site;
mod skipped;
mod stop;
mod times;
mod toolchain;

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub use backfill::BackfillArguments;
pub use bench::BenchArguments;
pub use compare::CompareArguments;
pub use effort::Effort;
pub use end::End;
pub use leaks::LeakArguments;
pub use overrides::OverrideArguments;
pub use report::{Format, ReportArguments, Request, report_on};
pub use serve::ServeArguments;
pub use site::SiteArguments;
pub use times::TimeArguments;

use crate::publish::PublishError;
use crate::runner::{
    BuildError, ChoiceError, CommandError, OverrideError, RevisionError, ShadowError,
    WorkspaceError, WorktreeError,
};
use crate::serve::ServeError;
use crate::store::StoreError;
use heapmark_model::launch::LaunchError;
use heapmark_model::record::Suite;
use heapmark_model::select::NoMatch;
use heapmark_site::render::RenderError;

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// The command succeeded.
    Fine = 0,
    /// A case got worse, leaks, or fails an assertion.
    Worse = 1,
    /// The command or a case failed: wrong usage, build error, unreadable data.
    Cannot = 2,
    /// The two sides are not comparable, for example because the machines differ.
    NotComparable = 3,
}

/// The commands for benchmarks.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Count and time every case, store a record and render the site.
    Report(ReportArguments),
    /// Compare two revisions and report which cases got better or worse.
    Compare(Box<CompareArguments>),
    /// Count every case at past commits and store a record of each.
    Backfill(BackfillArguments),
    /// Repeat every case and report which ones leak.
    Leaks(LeakArguments),
    /// Render the site from the stored records, without measuring.
    Site(SiteArguments),
    /// Serve the rendered site on 127.0.0.1.
    Serve(ServeArguments),
}

/// The commands for profiles.
#[derive(Debug, clap::Subcommand)]
pub enum ProfileCommand {
    /// Profile a program or a server with a memory tool: totals, peak, call sites, leaks.
    #[cfg(unix)]
    Profile(Box<profile::ProfileArguments>),
    /// Load-test an unmodified server and report the call sites whose live memory grows.
    #[cfg(unix)]
    Soak(profile::SoakArguments),
    /// Run a check in a CI pipeline.
    #[cfg(unix)]
    Ci(profile::CiArguments),
    /// Show the output of a memory tool, or convert it to another format.
    #[cfg(not(unix))]
    ShowProfile(profile::ShowArguments),
}

/// The reason why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// rustup does not have the toolchain.
    #[error(
        "cannot build with toolchain `{name}`: {reason}; run `rustup toolchain install {name}`"
    )]
    Toolchain {
        /// The name of the toolchain.
        name: String,
        /// The message of rustup.
        reason: String,
    },
    /// The current folder is unknown, or reading or writing fails.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The folder of records does not exist.
    #[error("no folder of records at {}; `cargo heapmark report` creates one", .0.display())]
    NoRecords(PathBuf),
    /// The workspace or its bench target was not found.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// A program that describes the environment, such as rustc, fails.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The bench target does not build.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A side of a comparison does not build.
    #[error("{side}: {source}")]
    Side {
        /// The user's name for the side.
        side: String,
        /// The reason.
        source: BuildError,
    },
    /// A dependency of a side cannot be set to the requested version.
    #[error("{side}: {source}")]
    DependencyOverride {
        /// The user's name for the side.
        side: String,
        /// The reason.
        source: Box<OverrideError>,
    },
    /// The commit does not exist.
    #[error(transparent)]
    Revision(#[from] RevisionError),
    /// A commit could not be checked out into a worktree.
    #[error(transparent)]
    Worktree(#[from] WorktreeError),
    /// No bench targets could be chosen.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// The shadow directory cannot be prepared.
    #[error(transparent)]
    Shadow(#[from] ShadowError),
    /// A file is not a record.
    #[error("{0}")]
    Record(String),
    /// `--fail-on` names something that the comparison does not measure.
    #[error("--fail-on {reason}")]
    FailOn {
        /// What is not measured, why, and what to do.
        reason: &'static str,
    },
    /// A side cannot be counted.
    #[error("not comparable: {side} cannot be counted: {reason}")]
    NotComparable {
        /// The user's name for the side.
        side: String,
        /// What is missing.
        reason: String,
    },
    /// A binary was built from another revision than that of its side.
    #[error(
        "{side}: the bench binary was built from {theirs} instead of {ours}; delete {} and run the comparison again",
        target.display()
    )]
    Stale {
        /// The user's name for the side.
        side: String,
        /// The revision that the binary reports.
        theirs: String,
        /// The revision of the side.
        ours: String,
        /// The folder that the binary was built in.
        target: PathBuf,
    },
    /// A range of commits does not have two ends.
    #[error("`{0}` is not a range of commits; write two revisions, as in `v1.0..main`")]
    Range(String),
    /// The list of acknowledged changes is invalid.
    #[error("heapmark-acks.toml: {message}")]
    Acknowledgements {
        /// What is wrong.
        message: String,
    },
    /// A worker does not answer.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// The measured run would not be a valid record.
    #[error("the measured run is not a valid record: {0}")]
    Fault(#[from] heapmark_model::record::Fault),
    /// The filter matches no case, or is invalid.
    #[error("{source}; {how} lists all cases")]
    Filter {
        /// The reason.
        source: NoMatch,
        /// What lists all cases.
        how: String,
    },
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pages cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The pages cannot be written.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The site cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// heapmark's allocator is not installed in the bench target.
    #[error(
        "heapmark's allocator is not installed in bench target `{bench}`, so nothing can be counted; add these lines to it:\n\n{}",
        heapmark_model::install::INSTALL_HINT
    )]
    NotInstalled {
        /// The bench target.
        bench: String,
    },
    /// The user stopped a backfill.
    #[error(
        "interrupted: {} recorded; run the command again to record the others",
        heapmark_model::format::plural(*recorded, "commit")
    )]
    BackfillInterrupted {
        /// Number of commits that were recorded.
        recorded: usize,
    },
    /// The user stopped the command.
    #[error(
        "interrupted: nothing was recorded, and the stored records are unchanged; run the command again"
    )]
    Interrupted,
}

impl CliError {
    /// The filter matches no case of `suite`.
    fn filter(source: NoMatch, suite: &Suite) -> Self {
        let Suite { package, bench, .. } = suite;
        let how = match suite.harness {
            Some(_) => "the command without a filter".to_owned(),
            None => format!("`cargo bench --package {package} --bench {bench} -- --list`"),
        };
        Self::Filter { source, how }
    }
}

/// Runs a command and returns its exit code. Prints the reasons to stderr if it is not 0.
pub fn run(command: &Command) -> ExitCode {
    let stop = stop::flag();
    let result = match command {
        Command::Report(arguments) => report::report(arguments, stop),
        Command::Compare(arguments) => compare::compare(arguments, stop),
        Command::Backfill(arguments) => backfill::backfill(arguments, stop),
        Command::Leaks(arguments) => leaks::leaks(arguments, stop),
        Command::Site(arguments) => site::site(arguments),
        Command::Serve(arguments) => serve::serve(arguments, stop),
    };
    let end = result.unwrap_or_else(|error| {
        if is_broken_pipe(&error) {
            // The reader of stdout has closed the pipe, for example `head`.
            return End::fine();
        }
        End::by_weight([(exit_of(&error), vec![error.to_string()])])
    });
    exit(end)
}

/// Runs a command that profiles programs and returns its exit code.
pub fn run_profile(command: &ProfileCommand) -> ExitCode {
    let stop = stop::flag();
    exit(profile::ended(match command {
        #[cfg(unix)]
        ProfileCommand::Profile(arguments) => profile::profile(arguments, stop),
        #[cfg(unix)]
        ProfileCommand::Soak(arguments) => profile::soak(arguments, stop),
        #[cfg(unix)]
        ProfileCommand::Ci(arguments) => profile::ci(arguments, stop),
        #[cfg(not(unix))]
        ProfileCommand::ShowProfile(arguments) => profile::show(arguments).map(|()| None),
    }))
}

/// A flag that the first interrupt or termination signal sets. A second signal ends the process at
/// once.
pub fn stop_flag() -> &'static std::sync::atomic::AtomicBool {
    stop::flag()
}

/// Prints the reasons if a command failed, and returns its exit code.
pub fn exit(end: End) -> ExitCode {
    end.state();
    ExitCode::from(end.exit as u8)
}

fn exit_of(error: &CliError) -> Exit {
    match error {
        CliError::NotComparable { .. } => Exit::NotComparable,
        _ => Exit::Cannot,
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let io = error
        .downcast_ref::<CliError>()
        .and_then(|error| match error {
            CliError::Io(error) => Some(error.kind()),
            _ => None,
        });
    io == Some(io::ErrorKind::BrokenPipe)
}

/// `path` relative to the current folder, if it is inside it.
fn shown(path: &Path) -> PathBuf {
    let current = std::env::current_dir().ok();
    let below = current.and_then(|current| path.strip_prefix(current).ok());
    below.map_or_else(|| path.to_owned(), Path::to_owned)
}
