//! Composes the commands that `cargo xtask` and `cargo heapmark` share. It holds no logic of
//! its own: each command reads as its data flow.

mod acks;
mod backfill;
mod bench;
mod compare;
mod comparison_page;
mod effort;
mod end;
mod growth;
mod leaks;
mod phases;
mod pins;
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
pub use pins::PinArguments;
pub use report::{Format, ReportArguments, Request, report_on};
pub use serve::ServeArguments;
pub use site::SiteArguments;
pub use times::TimeArguments;

use crate::publish::PublishError;
use crate::runner::{
    BuildError, CommandError, PinError, RevisionError, WorkspaceError, WorktreeError,
};
use crate::serve::ServeError;
use crate::store::StoreError;
use heapmark_model::launch::LaunchError;
use heapmark_model::select::NoMatch;
use heapmark_site::render::RenderError;

/// How a command ended; the process's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything is fine.
    Fine = 0,
    /// Something got worse, leaks, or does not keep what it claims.
    Worse = 1,
    /// Something could not be measured: usage, build, data.
    Cannot = 2,
    /// Numbers are not comparable: machines, schema.
    NotComparable = 3,
}

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Count and time every case, record the run, render the site.
    Report(ReportArguments),
    /// Count two revisions and tell which cases got worse or better.
    Compare(Box<CompareArguments>),
    /// Count past commits and record them.
    Backfill(BackfillArguments),
    /// Repeat every case and tell which leak.
    Leaks(LeakArguments),
    /// Render the site from the records, without measuring.
    Site(SiteArguments),
    /// Serve the rendered site on 127.0.0.1.
    Serve(ServeArguments),
}

/// The commands that profile programs.
#[derive(Debug, clap::Subcommand)]
pub enum ProfileCommand {
    /// Run a program or a server under a memory tool: totals, peak, call sites, leaks.
    #[cfg(unix)]
    Profile(Box<profile::ProfileArguments>),
    /// Load-test an unmodified server and report the call sites whose live memory grows.
    #[cfg(unix)]
    Soak(profile::SoakArguments),
    /// Checks for a pipeline.
    #[cfg(unix)]
    Ci(profile::CiArguments),
    /// Show the output of a memory tool, or convert it to another format.
    #[cfg(not(unix))]
    ShowProfile(profile::ShowArguments),
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// rustup has no such toolchain.
    #[error(
        "cannot build with toolchain `{name}`: {reason}; `rustup toolchain install {name}` installs it"
    )]
    Toolchain {
        /// The name that was asked for.
        name: String,
        /// What rustup says.
        reason: String,
    },
    /// The current folder cannot be told, or a stream fails.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// No workspace or no such bench target.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// A program that describes the environment fails.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The bench target does not build.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A side of a comparison does not build.
    #[error("{side}: {source}")]
    Side {
        /// What the user calls it.
        side: String,
        /// Why.
        source: BuildError,
    },
    /// A side cannot have the version of a dependency that it is to have.
    #[error("{side}: {source}")]
    Pin {
        /// What the user calls the side.
        side: String,
        /// Why.
        source: Box<PinError>,
    },
    /// There is no such commit.
    #[error(transparent)]
    Revision(#[from] RevisionError),
    /// There is no place to build a commit in.
    #[error(transparent)]
    Worktree(#[from] WorktreeError),
    /// A file is no record.
    #[error("{0}")]
    Record(String),
    /// Nothing is measured of what a comparison is to fail on.
    #[error("--fail-on {reason}")]
    FailOn {
        /// Which, why and what to do.
        reason: &'static str,
    },
    /// A side has nothing that could be held against the other.
    #[error("not comparable: {side} cannot be counted: {reason}")]
    NotComparable {
        /// What the user calls it.
        side: String,
        /// What it lacks.
        reason: String,
    },
    /// A binary was built from something else than the revision that it is to stand for.
    #[error(
        "{side}: its bench binary was built from {theirs} and not from {ours}; remove {} and compare again",
        target.display()
    )]
    Stale {
        /// What the user calls the side.
        side: String,
        /// What the binary says.
        theirs: String,
        /// What was asked for.
        ours: String,
        /// The folder that it was built in.
        target: PathBuf,
    },
    /// It names no two ends.
    #[error("`{0}` is no range of commits, as in v1.0..main")]
    Range(String),
    /// The list of acknowledged changes cannot be understood.
    #[error("heapmark-acks.toml: {message}")]
    Acknowledgements {
        /// What is wrong with it.
        message: String,
    },
    /// A worker gives no answer.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// What was measured cannot be right.
    #[error("cannot use what was measured: {0}")]
    Fault(#[from] heapmark_model::record::Fault),
    /// The filter chooses nothing.
    #[error(
        "{source}; `cargo bench --package {package} --bench {bench} -- --list` names all cases"
    )]
    Filter {
        /// Why.
        source: NoMatch,
        /// The package of the bench target.
        package: String,
        /// The bench target.
        bench: String,
    },
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pages cannot be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The pages cannot be written.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The site cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The bench target counts nothing.
    #[error(
        "heapmark's allocator is not installed in bench target `{bench}`, so nothing can be counted; add to it:\n\n{}",
        heapmark_model::install::INSTALL_HINT
    )]
    NotInstalled {
        /// The bench target.
        bench: String,
    },
    /// The user stopped a backfill.
    #[error(
        "interrupted: {} recorded so far, which stay; run the command again for the others",
        heapmark_model::format::plural(*recorded, "commit")
    )]
    BackfillInterrupted {
        /// Commits that were recorded before.
        recorded: usize,
    },
    /// The user stopped it.
    #[error(
        "interrupted: nothing was recorded, and what was stored before is untouched; run the command again"
    )]
    Interrupted,
}

impl CliError {
    /// The filter chooses nothing of the bench target `bench` of `package`.
    fn filter(source: NoMatch, package: &str, bench: &str) -> Self {
        Self::Filter {
            source,
            package: package.to_owned(),
            bench: bench.to_owned(),
        }
    }
}

/// Runs a command and returns its exit code; why it is not 0 goes to stderr.
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
            // Whoever read our output has seen enough.
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

/// Is raised by the first interrupt or termination signal; a second one ends the process at once.
pub fn stop_flag() -> &'static std::sync::atomic::AtomicBool {
    stop::flag()
}

/// States why a command did not end well, and returns its exit code.
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

/// `path` from the current folder, where it lies below it.
fn shown(path: &Path) -> PathBuf {
    let current = std::env::current_dir().ok();
    let below = current.and_then(|current| path.strip_prefix(current).ok());
    below.map_or_else(|| path.to_owned(), Path::to_owned)
}
