//! `compare`: from two revisions, or two records, to a verdict on each case.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::acks;
use super::bench::BenchArguments;
use super::comparison_page;
use super::overrides::OverrideArguments;
use super::phases::Phases;
use super::progress::Progress;
use super::report::{Format, SLOW_SETUP};
use super::side::{MeasuredSide, Origin, build};
use super::site::{self, Places, SiteArguments};
use super::times::{self, TimeArguments};
use super::{CliError, End, Exit, shown};
use crate::event::{Event, Listener as _, Silent};
use crate::publish::Folder;
use crate::runner::{self, Repository, Shadow, WorktreePool};
use crate::store::Store;
use crate::{store, terminal};
use heapmark_model::analysis::change::{Change, changes};
use heapmark_model::analysis::{Comparison, Kind, acknowledge, callsites, compare as judge};
use heapmark_model::record::Callsite;
use heapmark_site::render;
use heapmark_site::view::comparison::{ComparePage, difference, failures, note};

/// Flags of `compare`.
#[derive(Clone, Debug, clap::Args)]
pub struct CompareArguments {
    /// Revision to compare with [default: the merge base of HEAD and the default branch].
    pub base: Option<String>,
    /// Revision to judge [default: the work tree, with uncommitted changes].
    pub head: Option<String>,
    /// Compare two stored records instead of building revisions.
    #[arg(long, num_args = 2, value_names = ["A.json", "B.json"], conflicts_with_all = ["base", "head", "filter", "bench", "package", "counts_only", "thorough", "time_budget", "seed"])]
    pub record: Vec<PathBuf>,
    /// Compare only cases whose id matches this regular expression.
    #[arg(long, value_name = "REGEX")]
    pub filter: Option<String>,
    /// Dependency overrides.
    #[command(flatten)]
    pub overrides: OverrideArguments,
    /// Exit with code 1 for these findings (comma-separated).
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [FailOn::Exact, FailOn::Leaks])]
    pub fail_on: Vec<FailOn>,
    /// Timing effort.
    #[command(flatten)]
    pub times: TimeArguments,
    /// The folders of the records and of the site.
    #[command(flatten)]
    pub site: SiteArguments,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// The bench target.
    #[command(flatten)]
    pub bench: BenchArguments,
}

/// Findings that a comparison can fail on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// Counts got worse.
    Exact,
    /// More memory stays allocated after an iteration (`retained` rose).
    Leaks,
    /// A case executes more instructions; needs valgrind.
    Instructions,
    /// A case is slower.
    Time,
}

/// The folders of the sides. They have the same length, so that paths do not differ in length.
const BASE: &str = "base";
const HEAD: &str = "head";

pub(super) fn compare(arguments: &CompareArguments, stop: &AtomicBool) -> Result<End, CliError> {
    answerable(arguments)?;
    let comparison = match &arguments.record[..] {
        [base, head] => records(base, head)?,
        _ => revisions(arguments, stop)?,
    };
    let out = &mut io::stdout().lock();
    print(arguments.format, &comparison, out)?;
    let verdict = verdict(&comparison, &arguments.fail_on);
    // Outside of a workspace, only records can be compared, and the comparison gets no page.
    if let Ok(workspace) = arguments.bench.workspace() {
        let path = comparison_page::path(&comparison, arguments);
        match publish(&comparison, &path, &arguments.site.places(&workspace)) {
            Ok(page) if arguments.format == Format::Human => {
                writeln!(out, "      Site  {}", shown(&page).display())?;
            }
            Ok(_) => {}
            // The verdicts do not depend on the page.
            Err(error) => Progress::on_stderr().on(&Event::Skipped {
                reason: format!("the page of the comparison could not be written: {error}"),
            }),
        }
    }
    Ok(verdict)
}

/// Adds the page of a comparison to the site and renders the site again.
fn publish(comparison: &Comparison, path: &str, places: &Places) -> Result<PathBuf, CliError> {
    let mut markdown = Vec::new();
    terminal::comparison_markdown(comparison, &mut markdown)?;
    let markdown = String::from_utf8_lossy(&markdown).into_owned();
    let store = Store::open(&places.results);
    let page = ComparePage::new(comparison, path, markdown);
    let page = render::comparison(&page, site::linked(&store, &places.out))?;
    let folder = Folder::lock(&places.out)?;
    let mut past = store.past(places.index.as_deref())?;
    site::render(&store, &mut past, None, page, &folder, &mut Silent)?;
    Ok(places.out.join(path))
}

/// Rejects `--fail-on` values that this comparison does not measure.
fn answerable(arguments: &CompareArguments) -> Result<(), CliError> {
    let asks = |what| arguments.fail_on.contains(&what);
    let is_measured = arguments.record.is_empty();
    let reason = if asks(FailOn::Time) && !is_measured {
        "time: times of two records cannot be compared; compare two revisions instead"
    } else if asks(FailOn::Time) && arguments.times.counts_only {
        "time: --counts-only measures no times; remove one of the two options"
    } else if asks(FailOn::Instructions) && arguments.times.counts_only {
        "instructions: --counts-only counts no instructions; remove one of the two options"
    } else if asks(FailOn::Instructions) && is_measured && !runner::has_valgrind() {
        "instructions: valgrind is not installed; install it, for example with `apt-get install valgrind`"
    } else {
        return Ok(());
    };
    Err(CliError::FailOn { reason })
}

fn records(base: &PathBuf, head: &PathBuf) -> Result<Comparison, CliError> {
    let read =
        |path: &PathBuf| store::read(path).map_err(|error| CliError::Record(error.to_string()));
    let (earlier, later) = (read(base)?, read(head)?);
    let (base, head) = (base.display().to_string(), head.display().to_string());
    Ok(judge(Kind::Records, (&base, &earlier), (&head, &later)))
}

fn revisions(arguments: &CompareArguments, stop: &AtomicBool) -> Result<Comparison, CliError> {
    let mut progress = Progress::on_stderr();
    let workspace = arguments.bench.workspace()?;
    let repository = Repository::around(&workspace.root)?;
    let (base_name, base_commit) = match &arguments.base {
        Some(name) => (name.as_str(), repository.resolve(name)?),
        None => ("merge base", repository.merge_base()?),
    };
    let (head_name, head_commit) = match &arguments.head {
        Some(name) => (name.as_str(), repository.resolve(name)?),
        None => ("work tree", repository.snapshot(&workspace.target)?),
    };
    let bench = &arguments.bench;
    let pool = WorktreePool::open(&repository, &workspace.target)?;
    let lock = workspace.root.join("Cargo.lock");
    let mut phases = Phases::begin();
    let mut side = |folder, name, commit: &str, overrides| -> Result<MeasuredSide<'_>, CliError> {
        let worktree = pool.check_out(folder, commit, &lock)?;
        let origin = Origin {
            name,
            commit,
            worktree,
            original: &workspace,
            overrides,
            shuffled: !arguments.times.counts_only,
        };
        build(origin, bench, stop, &mut progress)
    };
    // What a report has compiled is not compiled again.
    pool.seed(&Shadow::folder(&workspace).join("target"), BASE)?;
    let mut base = side(BASE, base_name, &base_commit, arguments.overrides.of_base())?;
    phases.end("base built");
    pool.seed(&pool.target(BASE), HEAD)?;
    let mut head = side(HEAD, head_name, &head_commit, arguments.overrides.of_head())?;
    phases.end("head built");
    base.align(&head);
    let acknowledged = acks::read(head.root())?;
    // A filter may match only cases that one of the two sides has.
    let filter = arguments.filter.as_deref();
    let (in_base, in_head) = (base.choose(filter), head.choose(filter));
    if in_base.is_err() {
        in_head?;
    }
    base.count(&mut progress)?;
    head.count(&mut progress)?;
    let changed = ids(&base, &head, Change::has_moved);
    if !changed.is_empty() {
        base.confirm(&changed, &mut progress)?;
        head.confirm(&changed, &mut progress)?;
    }
    let varying = ids(&base, &head, |change| !change.unjudged.is_empty());
    base.rate(&varying, &mut progress)?;
    head.rate(&varying, &mut progress)?;
    phases.end("counts");
    let is_slow = base.starts_slowly() || head.starts_slowly();
    let is_timed = !arguments.times.counts_only && !is_slow;
    if is_slow && !arguments.times.counts_only {
        progress.on(&Event::Skipped {
            reason: SLOW_SETUP.to_owned(),
        });
    }
    if is_timed && runner::has_valgrind() {
        base.count_instructions(&mut progress)?;
        head.count_instructions(&mut progress)?;
        phases.end("instructions");
    }
    let sides = ((&*base.name, &base.run), (&*head.name, &head.run));
    let mut comparison = judge(Kind::Revisions, sides.0, sides.1);
    explain(&mut comparison, &base, &head);
    phases.end("call sites");
    if is_timed && comparison.obstacles.is_empty() {
        times::compare(
            &arguments.times,
            &mut base,
            &mut head,
            &mut comparison,
            &mut progress,
        )?;
        phases.end("times");
    }
    phases.tell(&mut progress);
    let commits = repository.between(&base_commit, &head_commit)?;
    acknowledge(&mut comparison, acknowledged, &commits);
    Ok(comparison)
}

/// The ids of the cases whose change fulfils `is_wanted`.
fn ids(
    base: &MeasuredSide<'_>,
    head: &MeasuredSide<'_>,
    is_wanted: impl Fn(&Change) -> bool,
) -> Vec<String> {
    let changes = changes(&base.run, &head.run).into_iter();
    let wanted = changes.filter(is_wanted);
    wanted.map(|change| change.id).collect()
}

/// Adds the call sites that explain each difference.
fn explain(comparison: &mut Comparison, base: &MeasuredSide<'_>, head: &MeasuredSide<'_>) {
    let changes = comparison.changes.iter_mut();
    for change in changes.filter(|change| change.has_moved()) {
        let both = base
            .callsites(&change.id)
            .and_then(|base| Ok((base, head.callsites(&change.id)?)));
        match both {
            Ok((of_base, of_head)) => {
                let files = own_files(of_base.iter().chain(&of_head));
                let moved = runner::moved_lines(base.root(), head.root(), &files);
                change.callsites = callsites(&of_base, &of_head, &moved);
            }
            Err(reason) => change.no_callsites = Some(reason),
        }
        let is_explained = !change.callsites.is_empty() || change.no_callsites.is_some();
        if !is_explained {
            let why = "the same call sites allocate on both sides, in the same amounts";
            change.no_callsites = Some(why.to_owned());
        }
    }
}

/// The files of the user's own code that call sites name.
fn own_files<'a>(sites: impl Iterator<Item = &'a Callsite>) -> BTreeSet<&'a str> {
    let frames = sites.flat_map(|site| &site.frames);
    let own = frames.filter(|frame| frame.is_own());
    own.map(|frame| frame.file.as_str()).collect()
}

fn print(format: Format, comparison: &Comparison, out: &mut dyn Write) -> Result<(), CliError> {
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, comparison).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Markdown => terminal::comparison_markdown(comparison, out)?,
        Format::Human => terminal::comparison(comparison, out)?,
    }
    out.flush()?;
    Ok(())
}

/// The exit code and its reasons: not comparable before failed before worse.
fn verdict(comparison: &Comparison, fail_on: &[FailOn]) -> End {
    let obstacles = comparison.obstacles.iter();
    let obstacles = obstacles.map(|obstacle| format!("not comparable: {}", difference(obstacle)));
    let failed = failures(comparison).map(|(side, failure)| {
        let (id, reason) = (&failure.id, &failure.reason);
        format!("{id} could not be measured on {side}: {reason}")
    });
    End::by_weight([
        (Exit::NotComparable, obstacles.collect()),
        (Exit::Cannot, failed.collect()),
        (Exit::Worse, worse(comparison, fail_on)),
    ])
}

/// The reasons for exit code 1, one sentence per case. Each case is judged separately.
fn worse(comparison: &Comparison, fail_on: &[FailOn]) -> Vec<String> {
    let mut alone = comparison.clone();
    let mut reasons = Vec::new();
    for change in &comparison.changes {
        alone.changes = vec![change.clone()];
        let failed = fail_on.iter().find(|fail_on| fail_on.fails(&alone));
        if let Some(failed) = failed {
            let (id, how, note) = (&change.id, failed.sentence(), note(change));
            reasons.push(format!("{id} {how}: {note}"));
        }
    }
    reasons
}

impl FailOn {
    fn fails(self, comparison: &Comparison) -> bool {
        match self {
            Self::Exact => comparison.got_worse(),
            Self::Leaks => comparison.leaks_more(),
            Self::Instructions => comparison.takes_more_instructions(),
            Self::Time => comparison.got_slower(),
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Exact => "got worse",
            Self::Leaks => "retains more memory",
            Self::Instructions => "executes more instructions",
            Self::Time => "is slower",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FailOn, verdict};
    use crate::cli::Exit;
    use heapmark_model::analysis::planted::run;
    use heapmark_model::analysis::{
        Comparison, Kind, PairedRound, PairedTimes, TimeVerdict, Times, compare, times,
    };
    use heapmark_model::record::{HashSeeds, InstructionSettings, Metric, Value};

    const ALONE: [FailOn; 4] = [
        FailOn::Exact,
        FailOn::Leaks,
        FailOn::Instructions,
        FailOn::Time,
    ];

    /// A comparison of one case whose `metric` rises by `by`.
    fn moved(id: &str, metric: Metric, by: i64) -> Comparison {
        let base = run(&[id]);
        let mut head = base.clone();
        let metrics = &mut head.entries[0].metrics;
        let before = metrics.get(&metric).and_then(|value| value.value);
        metrics.insert(metric, Value::exact(before.unwrap_or(0) + by));
        compare(Kind::Revisions, ("base", &base), ("head", &head))
    }

    /// A comparison of one case with the same counts, whose head takes `factor` % of the time.
    fn timed(factor: u64) -> Comparison {
        let mut comparison = moved("a/x", Metric::Allocs, 0);
        let round = |noise: u64| PairedRound {
            base: 1_000 + noise,
            again: Some(1_000 + 31 * noise % 32),
            head: factor * (1_000 + 7 * noise % 32) / 100,
        };
        let rounds = [("a/x".to_owned(), (0..32).map(round).collect())];
        let measured = PairedTimes {
            rounds: rounds.into(),
            ..PairedTimes::default()
        };
        let times: Times = times(&measured, 0.01);
        comparison.attach(times);
        comparison
    }

    /// A comparison of one case with the same counts, whose instructions rise by `by` %.
    fn instructed(by: i64) -> Comparison {
        let mut base = run(&["a/x"]);
        base.instructions = Some(InstructionSettings {
            valgrind: "3.19.0".to_owned(),
            repetitions: 3,
            hash_seeds: HashSeeds::Fixed,
        });
        let mut head = base.clone();
        base.entries[0].instructions = Some(Value::exact(1_000));
        head.entries[0].instructions = Some(Value::exact(1_000 + 10 * by));
        compare(Kind::Records, ("base", &base), ("head", &head))
    }

    fn codes(comparison: &Comparison) -> [bool; 4] {
        ALONE.map(|one| verdict(comparison, &[one]).exit == Exit::Worse)
    }

    #[test]
    fn each_of_the_three_fails_on_its_own_alone() {
        assert_eq!(
            codes(&moved("a/x", Metric::Allocs, 1)),
            [true, false, false, false]
        );
        assert_eq!(codes(&moved("a/x", Metric::Allocs, -1)), [false; 4]);
        assert_eq!(
            codes(&moved("a/x", Metric::Retained, 8)),
            [true, true, false, false]
        );
        assert_eq!(
            codes(&moved("leak_patterns/x", Metric::Retained, 8)),
            [false; 4]
        );
        assert_eq!(codes(&instructed(2)), [false, false, true, false]);
        assert_eq!(codes(&instructed(-2)), [false; 4]);
        assert_eq!(codes(&timed(120)), [false, false, false, true]);
        assert_eq!(codes(&timed(80)), [false; 4]);
        assert_eq!(codes(&timed(100)), [false; 4]);
        assert_eq!(timed(120).count_times(TimeVerdict::Worse), 1);
    }

    #[test]
    fn a_list_fails_on_any_of_it_and_an_empty_one_on_nothing() {
        let slower = timed(120);
        assert_eq!(verdict(&slower, &ALONE).exit, Exit::Worse);
        assert!(verdict(&slower, &ALONE).reasons[0].starts_with("a/x is slower: time +"));
        assert_eq!(
            verdict(&slower, &[FailOn::Exact, FailOn::Leaks]).exit,
            Exit::Fine
        );
        assert_eq!(
            verdict(&moved("a/x", Metric::Allocs, 1), &[]).exit,
            Exit::Fine
        );
    }
}
