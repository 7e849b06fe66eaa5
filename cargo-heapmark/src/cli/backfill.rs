//! `backfill`: counts past commits, so that the history begins before the first report.
//!
//! ```text
//!  A..B ─▶ commits, oldest first ─▶ known? ── yes ─▶ next
//!                                     └─ no ─▶ check out, build, count ─▶ record
//!                                                  └─ cannot ─▶ a line in skipped.toml
//! ```
//!
//! Does not measure times, because times measured today are not comparable with times measured at
//! the date of the commit. Counts are. The command can be interrupted and run again; it skips
//! commits that are already recorded.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bench::BenchArguments;
use super::progress::Progress;
use super::report::mark_unstable_metrics;
use super::side::{Origin, build};
use super::site::SiteArguments;
use super::skipped::SkippedCommits;
use super::{CliError, End};
use crate::event::{Event, Listener};
use crate::runner::{
    self, Repository, RevisionError, Shadow, ShadowError, Workspace, WorktreePool,
};
use crate::store::Store;

/// Flags of `backfill`.
#[derive(Clone, Debug, clap::Args)]
pub struct BackfillArguments {
    /// Commits to count, as in `v1.0..main`: those in the first-parent history of `main` that
    /// `v1.0` does not contain.
    #[arg(value_name = "A..B")]
    pub range: String,
    /// Count only every Nth commit, starting with the newest.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub every: u32,
    /// Folder of the records [default: results/ in the workspace].
    #[arg(long, value_name = "DIR")]
    pub results: Option<PathBuf>,
    /// The bench target.
    #[command(flatten)]
    pub bench: BenchArguments,
}

pub(super) fn backfill(arguments: &BackfillArguments, stop: &AtomicBool) -> Result<End, CliError> {
    let mut progress = Progress::on_stderr();
    let workspace = arguments.bench.workspace()?;
    let repository = Repository::around(&workspace.root)?;
    let wanted = commits(&repository, arguments)?;
    let site = SiteArguments {
        results: arguments.results.clone(),
        out: None,
    };
    let places = site.places(&workspace);
    let store = Store::open(&places.results);
    store.check_writable()?;
    let machine = runner::machine(None).id;
    let mut skipped = SkippedCommits::read(&places.results.join(&machine))?;
    let loaded = store.load()?;
    let of_this_machine = loaded.runs.iter().map(|stored| &stored.run);
    let recorded: BTreeSet<&str> = of_this_machine
        .filter(|run| run.machine.id == machine && !run.commit.dirty && run.suite.filter.is_none())
        .filter(|run| {
            let package = arguments.bench.package.as_ref();
            run.suite.flags == workspace.flags.of_build()
                && package.is_none_or(|package| run.suite.package == *package)
        })
        .map(|run| run.commit.sha.as_str())
        .collect();
    let pool = WorktreePool::open(&repository, &workspace.target)?;
    let lock = workspace.root.join("Cargo.lock");
    // What a report has compiled is not compiled again.
    pool.seed(&Shadow::folder(&workspace).join("target"), "base")?;
    let (mut new, mut known, mut cannot) = (0, 0, 0);
    for commit in &wanted {
        if stop.load(Ordering::Relaxed) {
            return Err(CliError::BackfillInterrupted { recorded: new });
        }
        if recorded.contains(commit.as_str()) || skipped.contains(commit) {
            known += 1;
            continue;
        }
        let origin = Origin {
            name: &commit[..commit.len().min(12)],
            commit,
            worktree: pool.check_out("base", commit, &lock)?,
            original: &workspace,
            overrides: Vec::new(),
            shuffled: false,
        };
        let counted = build(origin, &arguments.bench, stop, &mut progress).and_then(|mut side| {
            side.count(&mut progress)?;
            Ok(side.run)
        });
        let reason = match counted {
            Ok(run) if run.entries.is_empty() => "no case could be counted".to_owned(),
            Ok(mut run) => {
                mark_unstable_metrics(&mut run, &mut store.past(places.index.as_deref())?)?;
                let path = store.save(&run)?;
                progress.on(&Event::Stored { path });
                new += 1;
                continue;
            }
            Err(CliError::Interrupted) => {
                return Err(CliError::BackfillInterrupted { recorded: new });
            }
            Err(error) if is_of_the_commit(&error) => without_places(&error, &workspace),
            Err(error) => return Err(error),
        };
        skipped.add(commit, &reason)?;
        progress.on(&Event::Skipped { reason });
        cannot += 1;
    }
    writeln!(
        io::stdout().lock(),
        "   Summary  {}: {new} recorded, {known} already known, {cannot} could not be counted",
        heapmark_model::format::plural(wanted.len(), "commit")
    )?;
    if new > 0 {
        writeln!(
            io::stdout().lock(),
            "      Next  run `cargo heapmark site` to see the history"
        )?;
    }
    Ok(End::fine())
}

/// The commits of the range, oldest first, the order in which the history grew.
fn commits(
    repository: &Repository,
    arguments: &BackfillArguments,
) -> Result<Vec<String>, CliError> {
    let ends = arguments.range.split_once("..");
    let ends = ends.filter(|(a, b)| !a.is_empty() && !b.is_empty() && !b.starts_with('.'));
    let (from, to) = ends.ok_or_else(|| CliError::Range(arguments.range.clone()))?;
    let resolve = |name: &str| -> Result<String, RevisionError> { repository.resolve(name) };
    let newest_first = repository.first_parents(&resolve(from)?, &resolve(to)?)?;
    let mut chosen: Vec<String> = newest_first
        .into_iter()
        .step_by(arguments.every as usize)
        .collect();
    chosen.reverse();
    Ok(chosen)
}

/// The reason without paths of this machine, because it is stored next to the records.
fn without_places(error: &CliError, workspace: &Workspace) -> String {
    let mut reason = error.to_string();
    for folder in [&workspace.root, &workspace.target] {
        reason = reason.replace(&format!("{}/", folder.display()), "");
    }
    reason
}

/// Whether the commit cannot be counted. Other errors are those of this machine.
fn is_of_the_commit(error: &CliError) -> bool {
    matches!(
        error,
        CliError::Side { .. }
            | CliError::NotComparable { .. }
            | CliError::Workspace(_)
            | CliError::Choice(_)
            | CliError::Shadow(
                ShadowError::Cargo(_)
                    | ShadowError::Unresolved(_)
                    | ShadowError::Lock { .. }
                    | ShadowError::InFolder { .. }
            )
    )
}
