//! `backfill`: counts past commits, so that a history begins before its first report.
//!
//! ```text
//!  A..B ─▶ commits, oldest first ─▶ known? ── yes ─▶ next
//!                                     └─ no ─▶ check out, build, count ─▶ record
//!                                                  └─ cannot ─▶ a line in skipped.toml
//! ```
//!
//! It takes no times: what a machine does today says nothing of what it did then, and counts do
//! not mind. It can be interrupted and run again; nothing is counted twice.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bench::BenchArguments;
use super::progress::Progress;
use super::report::doubt;
use super::side::{Origin, build};
use super::site::SiteArguments;
use super::skipped::SkippedCommits;
use super::{CliError, End};
use crate::event::{Event, Listener};
use crate::runner::{self, Repository, RevisionError, Workshop, Workspace};
use crate::store::Store;

/// Flags of `backfill`.
#[derive(Clone, Debug, clap::Args)]
pub struct BackfillArguments {
    /// The commits, as in `v1.0..main`: those of the second on its first-parent line that the
    /// first does not have.
    #[arg(value_name = "A..B")]
    pub range: String,
    /// Only every Nth commit, counted back from the newest.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub every: u32,
    /// The folder of records [default: results/ of the workspace].
    #[arg(long, value_name = "DIR")]
    pub results: Option<PathBuf>,
    /// Which bench target.
    #[command(flatten)]
    pub bench: BenchArguments,
}

pub(super) fn backfill(arguments: &BackfillArguments, stop: &AtomicBool) -> Result<End, CliError> {
    let mut progress = Progress::on_stderr();
    let workspace = Workspace::find(&std::env::current_dir()?)?;
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
        .map(|run| run.commit.sha.as_str())
        .collect();
    let workshop = Workshop::open(&repository, &workspace.target)?;
    let lock = workspace.root.join("Cargo.lock");
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
            worktree: workshop.check_out("base", commit, &lock)?,
            pins: Vec::new(),
            shuffled: false,
        };
        let counted = build(origin, &arguments.bench, stop, &mut progress).and_then(|mut side| {
            side.count(&mut progress)?;
            Ok(side.run)
        });
        let reason = match counted {
            Ok(run) if run.entries.is_empty() => "no case could be counted".to_owned(),
            Ok(mut run) => {
                doubt(&mut run, &mut store.past(places.index.as_deref())?)?;
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
        "   Summary  {}: {new} recorded, {known} known before, {cannot} that cannot be counted",
        heapmark_model::format::plural(wanted.len(), "commit")
    )?;
    Ok(End::fine())
}

/// The commits of the range, oldest first: a history then grows as it did.
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

/// The reason as anybody may read it: it is kept beside the records, and where the workspace lies
/// on this machine is no part of it.
fn without_places(error: &CliError, workspace: &Workspace) -> String {
    let mut reason = error.to_string();
    for folder in [&workspace.root, &workspace.target] {
        reason = reason.replace(&format!("{}/", folder.display()), "");
    }
    reason
}

/// Whether it is the commit that cannot be counted, and not this machine that cannot count.
fn is_of_the_commit(error: &CliError) -> bool {
    matches!(
        error,
        CliError::Side { .. } | CliError::NotComparable { .. } | CliError::Workspace(_)
    )
}
