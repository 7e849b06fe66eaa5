//! `report`: from a bench target to a record, a table and a site.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::bench::BenchArguments;
use super::built::{self, BuildPlan};
use super::effort::Effort;
use super::growth::look_for_growth;
use super::progress::Progress;
use super::site::{SiteArguments, render, unread};
use super::toolchain::again_under;
use super::{CliError, End, Exit, shown};
use crate::event::{Event, Listener};
use crate::publish::Folder;
use crate::runner::{self, COUNTING, CountResult, Environment, Listing, Suite, Timed};
use crate::store::{Past, Store, to_json};
use crate::terminal::{self, Outcome};
use heapmark_model::analysis::mark_unstable;
use heapmark_model::launch::LaunchError;
use heapmark_model::record::{self, CaseInfo, Commit, Run, SCHEMA, slug};
use heapmark_model::select::select_matching;

/// Flags of `report`.
#[derive(Clone, Debug, clap::Args)]
pub struct ReportArguments {
    /// Run only cases whose id matches this regular expression.
    pub filter: Option<String>,
    /// Timing effort.
    #[command(flatten)]
    pub effort: Effort,
    /// Count instructions even with --quick or --counts-only; otherwise they are counted if
    /// valgrind is installed.
    #[arg(long)]
    pub instructions: bool,
    /// Build and measure with this rustup toolchain, as in `nightly`. The site shows its records as
    /// a separate history, and compares them with those of stable.
    #[arg(long, value_name = "NAME")]
    pub toolchain: Option<String>,
    /// Do not store a record; the site still shows this run.
    #[arg(long)]
    pub no_record: bool,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// The bench target.
    #[command(flatten)]
    pub bench: BenchArguments,
    /// Name of this machine in the records [default: processor, cores and system].
    #[arg(long, value_name = "NAME")]
    pub machine: Option<String>,
    /// The folders of the records and of the site.
    #[command(flatten)]
    pub site: SiteArguments,
}

/// The output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text for a terminal.
    #[default]
    Human,
    /// All data.
    Json,
    /// A table for a pull request.
    Markdown,
}

/// Why a suite is only counted.
pub(super) const SLOW_SETUP: &str = "times and instructions were not measured: the set-up of the benchmarks takes long, and each process would repeat it";

pub(super) fn report(arguments: &ReportArguments, stop: &AtomicBool) -> Result<End, CliError> {
    if let Some(name) = &arguments.toolchain {
        return again_under(name);
    }
    let mut progress = Progress::on_stderr();
    let workspace = arguments.bench.workspace()?;
    let places = arguments.site.places(&workspace);
    let plan = BuildPlan {
        bench: &arguments.bench,
        results: &places.results,
        machine: arguments.machine.as_deref(),
        is_timed: !arguments.effort.counts_only,
    };
    let mut built = built::build(&workspace, &plan, stop, &mut progress)?;
    let request = Request {
        suite: &mut built.suite,
        name: built.name,
        environment: built.environment,
        arguments,
        results: places.results,
        out: places.out,
        index: places.index,
        stop,
    };
    report_on(request, &mut progress, &mut io::stdout().lock())
}

/// The input of [`report_on`]. A test passes a scripted suite, a fixed machine and a fake clock.
pub struct Request<'a> {
    /// The cases.
    pub suite: &'a mut dyn Suite,
    /// The package and the bench targets of the cases.
    pub name: record::Suite,
    /// Commit, machine, toolchain and clock.
    pub environment: Environment,
    /// The flags.
    pub arguments: &'a ReportArguments,
    /// The folder of records.
    pub results: PathBuf,
    /// The folder of the site.
    pub out: PathBuf,
    /// The file for the index of the records, if there is a folder for it.
    pub index: Option<PathBuf>,
    /// Set when the user interrupts the command.
    pub stop: &'a AtomicBool,
}

/// Counts, records, renders and prints.
///
/// Prints the numbers even if they cannot be recorded or shown on the site; the exit code and its
/// reasons then state that.
///
/// # Errors
///
/// [`CliError`] if nothing could be measured. Records are written completely or not at all.
pub fn report_on(
    request: Request<'_>,
    listener: &mut dyn Listener,
    out: &mut dyn Write,
) -> Result<End, CliError> {
    let arguments = request.arguments;
    let store = Store::open(&request.results);
    if !arguments.no_record {
        store.check_writable()?;
    }
    let mut past = store.past(request.index.as_deref())?;
    let no_commit = request.environment.commit.as_ref().err().cloned();
    let mut broken = Vec::new();
    let mut run = measure(
        request.suite,
        request.name,
        request.environment,
        arguments,
        &mut broken,
        listener,
    )?;
    mark_unstable_metrics(&mut run, &mut past)?;
    if request.stop.load(Ordering::Relaxed) {
        return Err(CliError::Interrupted);
    }

    let reason = reason_not_to_record(&run, arguments.no_record, no_commit);
    let format = arguments.format;
    let record = record(&store, &run, reason, format, listener).unwrap_or_else(|error| {
        broken.push(error.to_string());
        Err("not recorded".to_owned())
    });
    let unrecorded = record.is_err().then_some(&run);
    let places = (request.index.as_deref(), &*request.out);
    let index = show(&store, &mut past, unrecorded, places, listener);
    let index = index.map_err(|error| broken.push(error.to_string())).ok();

    print(arguments.format, &run, &record, index.as_deref(), out)?;
    Ok(verdict(&run, &past, broken))
}

/// Renders the site with the current records and returns its front page.
fn show(
    store: &Store,
    past: &mut Past,
    unrecorded: Option<&Run>,
    (index, out): (Option<&Path>, &Path),
    listener: &mut dyn Listener,
) -> Result<PathBuf, CliError> {
    let folder = Folder::lock(out)?;
    *past = store.past(index)?;
    render(store, past, unrecorded, BTreeMap::new(), &folder, listener)
}

/// Marks metrics as unstable that are exact in `run` but contradicted by an earlier run.
pub(super) fn mark_unstable_metrics(run: &mut Run, past: &mut Past) -> Result<(), CliError> {
    let disagreeing_records = past.history.disagreeing_records(run);
    past.keep(&disagreeing_records)?;
    let earlier = disagreeing_records
        .iter()
        .filter_map(|&record| past.history.whole(record));
    mark_unstable(run, &earlier.collect::<Vec<_>>());
    Ok(())
}

/// Counts and times the chosen cases, and returns them as a run with its origin. Adds to `broken` why
/// cases are missing from it.
fn measure(
    suite: &mut dyn Suite,
    name: record::Suite,
    environment: Environment,
    arguments: &ReportArguments,
    broken: &mut Vec<String>,
    listener: &mut dyn Listener,
) -> Result<Run, CliError> {
    let Listing {
        allocator,
        groups,
        cases,
        incomplete,
        ..
    } = suite.list().map_err(interrupted)?;
    broken.extend(incomplete);
    let allocator = allocator.ok_or(CliError::NotInstalled {
        bench: name.bench.clone(),
    })?;
    let chosen = select_matching(arguments.filter.as_deref(), &cases, |case| case.id.clone())
        .map_err(|error| CliError::filter(error, &name))?;
    let counted = runner::count(suite, &chosen, COUNTING, listener).map_err(interrupted)?;
    let CountResult {
        mut entries,
        mut failures,
        timelines,
    } = counted;
    runner::rates(suite, &mut entries, runner::varies, listener).map_err(interrupted)?;
    failures.extend(look_for_growth(suite, &mut entries, listener)?);
    let is_slow = suite.starts_slowly();
    if is_slow && !arguments.effort.counts_only {
        listener.on(&Event::Skipped {
            reason: SLOW_SETUP.to_owned(),
        });
    }
    let time = match arguments.effort.plan().filter(|_| !is_slow) {
        None => None,
        Some(plan) => {
            let alive: Vec<CaseInfo> = entries.iter().map(|entry| entry.case.clone()).collect();
            let state = (environment.machine_state)();
            let timed = runner::time(suite, &alive, &plan, state, listener).map_err(interrupted)?;
            let Timed {
                mut times,
                failures: untimed,
                settings,
            } = timed;
            for entry in &mut entries {
                entry.time = times.remove(&entry.case.id);
            }
            failures.extend(untimed);
            Some(settings)
        }
    };
    let effort = &arguments.effort;
    let is_short = effort.quick || effort.counts_only || is_slow;
    let instructions = if arguments.instructions || (!is_short && runner::has_valgrind()) {
        runner::instructions(suite, &mut entries, listener).map_err(interrupted)?
    } else {
        None
    };
    let run = Run {
        schema: SCHEMA,
        heapmark: env!("CARGO_PKG_VERSION").to_owned(),
        commit: environment
            .commit
            .unwrap_or_else(|_| unversioned(&environment.now)),
        measured_at: environment.now,
        machine: environment.machine,
        toolchain: environment.toolchain,
        allocator: allocator_name(&allocator),
        suite: record::Suite {
            filter: arguments.filter.clone(),
            ..name
        },
        count: COUNTING,
        time,
        instructions,
        groups,
        entries,
        failures,
        timelines,
    };
    record::check(&run)?;
    Ok(run)
}

pub(super) fn interrupted(error: LaunchError) -> CliError {
    match error {
        LaunchError::Interrupted => CliError::Interrupted,
        error => error.into(),
    }
}

/// A placeholder for a missing commit. Such a run is shown but never recorded.
pub(super) fn unversioned(now: &str) -> Commit {
    Commit {
        sha: "unversioned".to_owned(),
        committed_at: now.to_owned(),
        order: None,
        subject: String::new(),
        dirty: true,
    }
}

/// A short name of the allocator's type. It is one word if the crate has the same name, as `system`
/// for `std::alloc::System` and `jemalloc` for `tikv_jemallocator::Jemalloc`. Otherwise it is the
/// whole type, so that the `Counting` of one crate is not confused with that of another.
pub(super) fn allocator_name(type_name: &str) -> String {
    let (path, word) = type_name.rsplit_once("::").unwrap_or(("", type_name));
    let crate_name = path.split("::").next().unwrap_or_default();
    let word = slug(word);
    let is_known = matches!(crate_name, "std" | "alloc" | "core")
        || slug(crate_name).replace('_', "").contains(&word);
    if is_known && !type_name.contains('<') {
        word
    } else {
        slug(type_name)
    }
}

/// The reason not to store the run, if there is one.
fn reason_not_to_record(run: &Run, unwanted: bool, no_commit: Option<String>) -> Option<String> {
    if unwanted {
        Some("not recorded (--no-record)".to_owned())
    } else if let Some(error) = no_commit {
        let again = "then run `cargo heapmark report` again";
        Some(format!("not recorded: {error}, {again}"))
    } else if run.entries.is_empty() {
        Some("not recorded: no case could be measured".to_owned())
    } else {
        None
    }
}

/// Stores the run unless there is a reason not to. Returns the path of the record, or that reason.
fn record(
    store: &Store,
    run: &Run,
    reason: Option<String>,
    format: Format,
    listener: &mut dyn Listener,
) -> Result<Result<PathBuf, String>, CliError> {
    if let Some(reason) = reason {
        // The summary of the text format states the reason.
        if format != Format::Human {
            listener.on(&Event::NotStored {
                reason: reason.clone(),
            });
        }
        return Ok(Err(reason));
    }
    let path = store.save(run)?;
    listener.on(&Event::Stored { path: path.clone() });
    Ok(Ok(path))
}

fn print(
    format: Format,
    run: &Run,
    record: &Result<PathBuf, String>,
    index: Option<&Path>,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    match format {
        Format::Json => out.write_all(to_json(run).as_bytes())?,
        Format::Markdown => terminal::markdown(run, out)?,
        Format::Human => {
            terminal::table(&run.entries, out)?;
            let path = record
                .as_ref()
                .map(|path| shown(path))
                .map_err(String::as_str);
            let index = index.map(shown);
            let outcome = Outcome {
                run,
                record: path.as_deref().map_err(|reason| *reason),
                index: index.as_deref(),
            };
            terminal::summary(&outcome, out)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The exit code and its reasons: failures before leaks and failed assertions.
fn verdict(run: &Run, past: &Past, broken: Vec<String>) -> End {
    let failed = run.failures.iter();
    let failed = failed.map(|one| format!("{} could not be measured: {}", one.id, one.reason));
    let cannot = broken.into_iter().chain(failed).chain(unread(past));
    let mut worse = Vec::new();
    for entry in &run.entries {
        // The declared growth of a case is one of its assertions.
        let leaks = entry.growth.as_deref().filter(|one| one.declared.is_none());
        let leaks = leaks.and_then(terminal::wrong_growth);
        let wrong = terminal::unmet(entry).chain(leaks);
        worse.extend(wrong.map(|wrong| format!("{} {wrong}", entry.case.id)));
    }
    End::by_weight([(Exit::Cannot, cannot.collect()), (Exit::Worse, worse)])
}

#[cfg(test)]
mod tests {
    use super::allocator_name;

    #[test]
    fn an_allocator_has_one_word_where_its_crate_has_it_too() {
        for (name, word) in [
            ("std::alloc::System", "system"),
            ("tikv_jemallocator::Jemalloc", "jemalloc"),
            ("mimalloc::MiMalloc", "mimalloc"),
            ("snmalloc_rs::SnMalloc", "snmalloc"),
            ("rpmalloc::RpMalloc", "rpmalloc"),
            (
                "dlmalloc::global::GlobalDlmalloc",
                "dlmalloc-global-globaldlmalloc",
            ),
            ("mine::Counting", "mine-counting"),
            ("other::Counting", "other-counting"),
            (
                "my::Layered<std::alloc::System>",
                "my-layered-std-alloc-system",
            ),
            (
                "my::Layered<mimalloc::MiMalloc>",
                "my-layered-mimalloc-mimalloc",
            ),
        ] {
            assert_eq!(allocator_name(name), word);
        }
    }
}
