//! One side of a comparison: a commit that is checked out, built and counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::CliError;
use super::bench::BenchArguments;
use super::report::{allocator_name, interrupted, unversioned};
use super::{built, overrides};
use crate::event::{Event, Listener};
use crate::runner::{
    self, Binary, CONFIRMING, COUNTING, ChoiceError, Chosen, CountResult, DependencyOverride,
    Environment, Listing, Replacement, Shadow, Suite, Targets, Workspace, Worktree,
};
use heapmark_model::launch::{LaunchError, Launcher};
use heapmark_model::record::{
    self, Callsite, CaseInfo, CountSettings, Entry, Key, Run, SCHEMA, Suite as RecordedSuite,
};
use heapmark_model::select::select_matching;

/// A side before it is built.
pub(super) struct Origin<'a> {
    /// The user's name for the side, and the hash of its commit.
    pub(super) name: &'a str,
    pub(super) commit: &'a str,
    pub(super) worktree: Worktree,
    /// The workspace in which the command was called.
    pub(super) original: &'a Workspace,
    /// Dependency overrides.
    pub(super) overrides: Vec<DependencyOverride>,
    /// Whether to link the side in several link orders.
    pub(super) shuffled: bool,
}

/// A side that is built. The worktree exists as long as this value, because cases may read files of
/// it.
pub(super) struct MeasuredSide<'a> {
    suite: Targets<'a>,
    cases: Vec<CaseInfo>,
    pub(super) run: Run,
    /// The name of the side, with its overridden versions.
    pub(super) name: String,
    root: PathBuf,
    _worktree: Worktree,
}

/// Builds a side and lists its cases.
pub(super) fn build<'a>(
    origin: Origin<'_>,
    bench: &BenchArguments,
    stop: &'a AtomicBool,
    listener: &mut dyn Listener,
) -> Result<MeasuredSide<'a>, CliError> {
    let lacking = |reason: String| CliError::NotComparable {
        side: origin.name.to_owned(),
        reason,
    };
    let worktree = &origin.worktree;
    let folder = &worktree.workspace;
    if !folder.join("Cargo.toml").exists() {
        return Err(lacking("it has no Cargo.toml in this folder".to_owned()));
    }
    let workspace = Workspace::find_with(folder, &bench.cargo)?.built_in(worktree.target.clone());
    let chosen = bench
        .choose(&workspace, folder)
        .map_err(|error| match error {
            CliError::Choice(ChoiceError::NoBenches(_)) => {
                lacking("it has no bench target".to_owned())
            }
            CliError::Choice(ChoiceError::NoBench { bench, .. }) => {
                lacking(format!("it has no bench target `{bench}`"))
            }
            CliError::Choice(error) => lacking(error.to_string()),
            error => error,
        })?;
    let (package, what, harness) = match &chosen {
        Chosen::Own(target) => (target.package.clone(), target.bench.clone(), None),
        Chosen::Foreign(targets) => {
            let what = built::name(targets, bench);
            (targets[0].package.clone(), what, Some(built::CRITERION))
        }
    };
    let name = overrides::apply(&origin.overrides, folder, &package, origin.name)?;
    // Two sides of one commit differ in their dependency overrides.
    let built_from = name.replacen(origin.name, origin.commit, 1);
    let building = match &chosen {
        Chosen::Own(target) => target.bench.clone(),
        Chosen::Foreign(targets) => built::names(targets, ", "),
    };
    listener.on(&Event::Building {
        bench: format!("{building} of {name}"),
    });
    let variables = [(runner::REVISION, built_from.as_str())];
    let failed = |source| {
        if stop.load(Ordering::Relaxed) {
            return CliError::Interrupted;
        }
        CliError::Side {
            side: origin.name.to_owned(),
            source,
        }
    };
    let (mut suite, environment) = match chosen {
        Chosen::Own(target) => {
            let at = (folder.as_path(), &workspace.flags, None);
            let environment =
                Environment::of_build(folder, at, &package, Path::new("results"), None)?;
            let built = if origin.shuffled {
                let triple = &environment.toolchain.target;
                runner::build_to_shuffle(&workspace, &target, triple, &variables)
            } else {
                runner::build(&workspace, &target, &variables)
            };
            let built = built.map_err(failed)?;
            let launcher = Launcher::new(built.binary.clone(), bench.deadline(), stop);
            let binary = Binary::new(built, &workspace.target, launcher);
            (Targets::new(vec![(target.bench, binary)]), environment)
        }
        Chosen::Foreign(targets) => {
            let config = worktree.target.join("heapmark/cargo.toml");
            let replacement = Replacement::new(
                &Shadow::layers(origin.original),
                config,
                &workspace,
                &targets,
            )?;
            built::tell(&replacement, listener);
            let config = &replacement.config;
            let built = runner::build_replaced(&workspace, &targets, config, &variables);
            let built = built.map_err(failed)?;
            let at = (folder.as_path(), &workspace.flags, Some(config.as_path()));
            let environment =
                Environment::of_build(folder, at, &package, Path::new("results"), None)?;
            let suite = built::suite(&targets, built, &workspace.target, bench, stop);
            (suite, environment)
        }
    };
    let listing = suite.list().map_err(|error| match error {
        LaunchError::NoHarness { .. }
        | LaunchError::NeverAnswered { .. }
        | LaunchError::Protocol(_)
        | LaunchError::Failed(_) => lacking(error.to_string()),
        error => interrupted(error),
    })?;
    for reason in &listing.incomplete {
        listener.on(&Event::Incomplete {
            reason: reason.clone(),
        });
    }
    of_this_revision(&name, &built_from, &worktree.target, &listing)?;
    let allocator = listing.allocator.as_deref().map(allocator_name);
    let allocator = allocator.ok_or_else(|| {
        lacking(format!(
            "heapmark's allocator is not installed in its bench target `{}`",
            what
        ))
    })?;
    let recorded = RecordedSuite {
        package,
        bench: what,
        filter: None,
        harness: harness.map(str::to_owned),
        flags: workspace.flags.of_build(),
    };
    let run = empty_run(environment, recorded, allocator, &listing, origin.commit);
    Ok(MeasuredSide {
        suite,
        cases: listing.cases,
        run,
        name,
        root: workspace.root,
        _worktree: origin.worktree,
    })
}

/// Rejects a binary that was built from another revision. cargo compares file times, so a clock
/// that was set back could make it reuse the binary of the other side. Binaries with a heapmark too
/// old to record its revision are trusted.
fn of_this_revision(
    side: &str,
    ours: &str,
    target: &Path,
    listing: &Listing,
) -> Result<(), CliError> {
    match &listing.revision {
        Some(theirs) if theirs != ours => Err(CliError::Stale {
            side: side.to_owned(),
            theirs: theirs.clone(),
            ours: ours.to_owned(),
            target: target.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// A run without counts. It has no filter, because the same cases are chosen on both sides: a case
/// that only one side has was added or removed.
fn empty_run(
    environment: Environment,
    suite: RecordedSuite,
    allocator: String,
    listing: &Listing,
    commit: &str,
) -> Run {
    let now = environment.now;
    let known = environment.commit.unwrap_or_else(|_| unversioned(&now));
    Run {
        schema: SCHEMA,
        heapmark: env!("CARGO_PKG_VERSION").to_owned(),
        commit: record::Commit {
            sha: commit.to_owned(),
            // Files that a build writes into the worktree do not change the commit.
            dirty: false,
            ..known
        },
        measured_at: now,
        machine: environment.machine,
        toolchain: environment.toolchain,
        allocator,
        suite,
        count: COUNTING,
        time: None,
        instructions: None,
        groups: listing.groups.clone(),
        entries: Vec::new(),
        failures: Vec::new(),
        timelines: BTreeMap::new(),
    }
}

impl MeasuredSide<'_> {
    /// The entry of a case; `None` if the side does not have the case or could not measure it.
    pub(super) fn entry(&self, id: &str) -> Option<&Entry> {
        self.run.entries.iter().find(|entry| entry.case.id == id)
    }

    /// Gives each case the id that the case with the same key has in `other`. Ids can differ,
    /// because an id depends on the whole suite.
    ///
    /// Cases of several bench targets can have the same key. Their ids begin with the target, so they
    /// stay as they are.
    pub(super) fn align(&mut self, other: &MeasuredSide<'_>) {
        let mut ids: BTreeMap<Key, Option<&str>> = BTreeMap::new();
        for case in &other.cases {
            let id = ids.entry(Key::from_case(case));
            id.and_modify(|id| *id = None).or_insert(Some(&case.id));
        }
        for case in &mut self.cases {
            let id = ids.get(&Key::from_case(case)).copied().flatten();
            if let Some(id) = id.filter(|id| *id != case.id) {
                self.suite.rename(&case.id, id);
                case.id = id.to_owned();
            }
        }
    }

    /// The suite that runs the cases.
    pub(super) fn suite(&mut self) -> &mut dyn Suite {
        &mut self.suite
    }

    /// Whether its processes take long before they run a case.
    pub(super) fn starts_slowly(&self) -> bool {
        self.suite.starts_slowly()
    }

    /// The root of its workspace.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps only the cases that match `filter`.
    ///
    /// # Errors
    ///
    /// If no case matches, or the filter is invalid.
    pub(super) fn choose(&mut self, filter: Option<&str>) -> Result<(), CliError> {
        self.cases = match select_matching(filter, &self.cases, |case| case.id.clone()) {
            Ok(chosen) => chosen,
            Err(error) => {
                self.cases.clear();
                return Err(CliError::filter(error, &self.run.suite));
            }
        };
        Ok(())
    }

    /// Counts the chosen cases.
    pub(super) fn count(&mut self, listener: &mut dyn Listener) -> Result<(), CliError> {
        let counted = self.counted(&self.cases.clone(), COUNTING, listener)?;
        self.run.entries = counted.entries;
        self.run.failures = counted.failures;
        self.run.timelines = counted.timelines;
        record::check(&self.run)?;
        Ok(())
    }

    /// Counts the instructions of every counted case, if valgrind is installed.
    pub(super) fn count_instructions(
        &mut self,
        listener: &mut dyn Listener,
    ) -> Result<(), CliError> {
        let entries = &mut self.run.entries;
        let settings = runner::instructions(&self.suite, entries, listener);
        self.run.instructions = settings.map_err(interrupted)?;
        Ok(())
    }

    /// Counts the cases `ids` in more processes. Metrics that disagree are no longer exact, and a
    /// case that fails now counts as failed.
    pub(super) fn confirm(
        &mut self,
        ids: &[String],
        listener: &mut dyn Listener,
    ) -> Result<(), CliError> {
        let cases = self.cases.iter().filter(|case| ids.contains(&case.id));
        let cases: Vec<CaseInfo> = cases.cloned().collect();
        let again = self.counted(&cases, CONFIRMING, listener)?;
        for entry in &mut self.run.entries {
            let other = again.entries.iter().find(|o| o.case.id == entry.case.id);
            if let Some(other) = other {
                heapmark_model::analysis::confirm(entry, other);
            }
        }
        let failed = |id: &str| again.failures.iter().any(|failure| failure.id == id);
        self.run.entries.retain(|entry| !failed(&entry.case.id));
        self.run.failures.extend(again.failures);
        Ok(())
    }

    /// Measures the cases `ids`, which vary, over many iterations.
    pub(super) fn rate(
        &mut self,
        ids: &[String],
        listener: &mut dyn Listener,
    ) -> Result<(), CliError> {
        let is_wanted = |entry: &Entry| ids.contains(&entry.case.id);
        let entries = &mut self.run.entries;
        runner::rates(&mut self.suite, entries, is_wanted, listener).map_err(interrupted)
    }

    /// The call stacks that allocate in one iteration of `case`, or why they are unknown.
    pub(super) fn callsites(&self, case: &str) -> Result<Vec<Callsite>, String> {
        let told = self.suite.callsites(case);
        let mut sites = told.map_err(|error| error.to_string())?;
        for frame in sites.iter_mut().flat_map(|site| &mut site.frames) {
            frame.file = self.named(&frame.file);
        }
        if sites.iter().any(|site| !site.frames.is_empty()) || sites.is_empty() {
            Ok(sites)
        } else {
            Err("the binary has no debug information".to_owned())
        }
    }

    /// A path of a source file that is the same on both sides: relative to the root of the
    /// workspace, or beginning with the name and version of its crate.
    fn named(&self, file: &str) -> String {
        let path = Path::new(file);
        if let Ok(own) = path.strip_prefix(&self.root) {
            return own.display().to_string();
        }
        // The first marker is followed by the registry and the crate, the second by the repository
        // and its revision.
        if let Some((_, path)) = file.split_once("/registry/src/") {
            return path
                .split_once('/')
                .map_or(path, |(_, path)| path)
                .to_owned();
        }
        if let Some((_, path)) = file.split_once("/git/checkouts/") {
            let mut parts = path.splitn(3, '/');
            if let (Some(repository), _, Some(path)) = (parts.next(), parts.next(), parts.next()) {
                return format!("{repository}/{path}");
            }
        }
        file.to_owned()
    }

    fn counted(
        &mut self,
        cases: &[CaseInfo],
        settings: CountSettings,
        listener: &mut dyn Listener,
    ) -> Result<CountResult, CliError> {
        runner::count(&mut self.suite, cases, settings, listener).map_err(interrupted)
    }
}
