//! `compare`: from two revisions, or two records, to verdicts.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::acks;
use super::bench::BenchArguments;
use super::comparison_page;
use super::phases::Phases;
use super::pins::PinArguments;
use super::progress::Progress;
use super::report::Format;
use super::side::{Origin, Side, build};
use super::site::{self, Places, SiteArguments};
use super::times::{self, TimeArguments};
use super::{CliError, End, Exit, shown};
use crate::event::{Event, Listener as _, Silent};
use crate::publish::Folder;
use crate::runner::{self, Repository, Workshop, Workspace};
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
    /// The revision to compare with [default: where HEAD left the default branch].
    pub base: Option<String>,
    /// The revision that is judged [default: the work tree as it is, changes included].
    pub head: Option<String>,
    /// Compare two stored records instead; nothing is built.
    #[arg(long, num_args = 2, value_names = ["A.json", "B.json"], conflicts_with_all = ["base", "head", "filter", "bench", "package", "counts_only", "thorough", "time_budget", "seed"])]
    pub record: Vec<PathBuf>,
    /// Only cases whose id matches this regular expression.
    #[arg(long, value_name = "REGEX")]
    pub filter: Option<String>,
    /// Other versions of dependencies.
    #[command(flatten)]
    pub pins: PinArguments,
    /// What makes the exit code 1.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [FailOn::Exact, FailOn::Leaks])]
    pub fail_on: Vec<FailOn>,
    /// How times are compared.
    #[command(flatten)]
    pub times: TimeArguments,
    /// Where records are and the page goes.
    #[command(flatten)]
    pub site: SiteArguments,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Which bench target.
    #[command(flatten)]
    pub bench: BenchArguments,
}

/// What a comparison may fail on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// An exact count that got worse.
    Exact,
    /// More memory that is left behind.
    Leaks,
    /// A case that takes more instructions; valgrind has to be installed.
    Instructions,
    /// A case that takes longer.
    Time,
}

/// The folders of the sides; of equal length, so that no path tells them apart.
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
    // Two records may be compared anywhere; a site is a workspace's.
    if let Ok(workspace) = Workspace::find(&std::env::current_dir()?) {
        let path = comparison_page::path(&comparison, arguments);
        match publish(&comparison, &path, &arguments.site.places(&workspace)) {
            Ok(page) if arguments.format == Format::Human => {
                writeln!(out, "      Site  {}", shown(&page).display())?;
            }
            Ok(_) => {}
            // What was compared stands all the same, and its verdict.
            Err(error) => Progress::on_stderr().on(&Event::Skipped {
                reason: format!("the page of the comparison was not written: {error}"),
            }),
        }
    }
    Ok(verdict)
}

/// Puts the page of a comparison into the site, which is rendered anew for it.
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

/// Whoever wants to fail on a thing is told where nobody is going to look for it.
fn answerable(arguments: &CompareArguments) -> Result<(), CliError> {
    let asks = |what| arguments.fail_on.contains(&what);
    let is_measured = arguments.record.is_empty();
    let reason = if asks(FailOn::Time) && !is_measured {
        "time: two records are not compared by it; name two revisions"
    } else if asks(FailOn::Time) && arguments.times.counts_only {
        "time: none is taken with --counts-only; leave that out"
    } else if asks(FailOn::Instructions) && arguments.times.counts_only {
        "instructions: none are counted with --counts-only; leave that out"
    } else if asks(FailOn::Instructions) && is_measured && !runner::has_valgrind() {
        "instructions: valgrind counts them and is not installed; `apt-get install valgrind`"
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
    let workspace = Workspace::find(&std::env::current_dir()?)?;
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
    let workshop = Workshop::open(&repository, &workspace.target)?;
    let lock = workspace.root.join("Cargo.lock");
    let mut phases = Phases::begin();
    let mut side = |folder, name, commit: &str, pins| -> Result<Side<'_>, CliError> {
        let worktree = workshop.check_out(folder, commit, &lock)?;
        let origin = Origin {
            name,
            commit,
            worktree,
            pins,
            shuffled: !arguments.times.counts_only,
        };
        build(origin, bench, stop, &mut progress)
    };
    let mut base = side(BASE, base_name, &base_commit, arguments.pins.of_base())?;
    phases.end("base built");
    workshop.seed(BASE, HEAD)?;
    let mut head = side(HEAD, head_name, &head_commit, arguments.pins.of_head())?;
    phases.end("head built");
    base.align(&head);
    let acknowledged = acks::read(head.root())?;
    // A filter may well choose only cases that one side has.
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
    if !arguments.times.counts_only && runner::has_valgrind() {
        base.count_instructions(&mut progress)?;
        head.count_instructions(&mut progress)?;
        phases.end("instructions");
    }
    let sides = ((&*base.name, &base.run), (&*head.name, &head.run));
    let mut comparison = judge(Kind::Revisions, sides.0, sides.1);
    explain(&mut comparison, &base, &head);
    phases.end("callsites");
    if !arguments.times.counts_only && comparison.obstacles.is_empty() {
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

/// The cases of both sides whose change `is_wanted`.
fn ids(base: &Side<'_>, head: &Side<'_>, is_wanted: impl Fn(&Change) -> bool) -> Vec<String> {
    let changes = changes(&base.run, &head.run).into_iter();
    let wanted = changes.filter(is_wanted);
    wanted.map(|change| change.id).collect()
}

/// Names the call sites behind each difference.
fn explain(comparison: &mut Comparison, base: &Side<'_>, head: &Side<'_>) {
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
            let why = "what differs is asked for at the same places";
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

/// What cannot be compared weighs most, then what could not be measured, then what got worse.
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

/// The cases that the comparison is to fail on, a sentence each: it is asked of each alone.
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
            Self::Leaks => "leaves more memory behind",
            Self::Instructions => "takes more instructions",
            Self::Time => "takes longer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FailOn, verdict};
    use crate::cli::Exit;
    use heapmark_model::analysis::planted::run;
    use heapmark_model::analysis::{
        Comparison, Kind, PairedTimes, TimeVerdict, Times, Unit, compare, times,
    };
    use heapmark_model::record::{HashSeeds, InstructionSettings, Metric, Value};

    const ALONE: [FailOn; 4] = [
        FailOn::Exact,
        FailOn::Leaks,
        FailOn::Instructions,
        FailOn::Time,
    ];

    /// A case whose `metric` rises by `by`.
    fn moved(id: &str, metric: Metric, by: i64) -> Comparison {
        let base = run(&[id]);
        let mut head = base.clone();
        let metrics = &mut head.entries[0].metrics;
        let before = metrics.get(&metric).and_then(|value| value.value);
        metrics.insert(metric, Value::exact(before.unwrap_or(0) + by));
        compare(Kind::Revisions, ("base", &base), ("head", &head))
    }

    /// A case whose counts are the same and whose head takes so many times as long.
    fn timed(factor: u64) -> Comparison {
        let mut comparison = moved("a/x", Metric::Allocs, 0);
        let unit = |noise: u64| Unit {
            base: 1_000 + noise,
            again: Some(1_000 + 31 * noise % 32),
            head: factor * (1_000 + 7 * noise % 32) / 100,
        };
        let units = [("a/x".to_owned(), (0..32).map(unit).collect())];
        let measured = PairedTimes {
            units: units.into(),
            ..PairedTimes::default()
        };
        let times: Times = times(&measured, 0.01);
        comparison.attach(times);
        comparison
    }

    /// A case whose counts are the same and whose instructions rise by `by` per cent.
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
        assert!(verdict(&slower, &ALONE).reasons[0].starts_with("a/x takes longer: time +"));
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
