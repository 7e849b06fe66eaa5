//! The page of a case: its numbers, their history, and its source.

use rayon::prelude::*;
use serde::Serialize;

use super::Input;
use super::cell::{self, Cell};
use super::chart::{ClassChart, TimelineChart};
use super::command;
use super::excerpt::{self, Excerpt};
use super::headline;
use super::history::{self, Mark, StepChart};
use super::lazy;
use super::page::{self, Link, Page};
use super::past::{self, PastChange};
use super::snapshot::{Base, MeasuredCase, Presence, Snapshot};
use super::source::{Source, dated, dated_commit};
use super::status::{Status, short};
use super::table;
use super::time_history::TimeChart;
use super::timing::{Instructions, Timing};
use super::varies;
use heapmark_model::analysis::change::{Change, CountVerdict};
use heapmark_model::record::{Entry, Key, Metric, Value};

/// The page of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CasePage {
    /// The frame.
    pub page: Page,
    /// The case's id.
    pub id: String,
    /// What it shows.
    pub summary: String,
    /// Its statuses, most important first; never empty.
    pub statuses: Vec<Status>,
    /// The verdict in a sentence.
    pub verdict: String,
    /// The run that its latest numbers are from.
    pub source: Source,
    /// Every headline metric, with the part that the drop caused.
    pub values: Vec<ValueRow>,
    /// Why some numbers are not exact, a sentence each.
    pub instabilities: Vec<String>,
    /// The case assertions.
    pub claims: Vec<Claim>,
    /// How long an iteration takes; absent if it was not timed.
    pub timing: Option<Timing>,
    /// How many instructions it executes; absent if they were not counted.
    pub instructions: Option<Instructions>,
    /// Live bytes over one iteration; absent if no timeline was recorded.
    pub timeline: Option<TimelineChart>,
    /// Why there is no timeline; absent if there is one.
    pub no_timeline: Option<String>,
    /// Requests by size; absent if there were none.
    pub classes: Option<ClassChart>,
    /// Each metric over the runs of the series.
    pub history: Vec<StepChart>,
    /// Its time over the runs of the series; absent if it was never timed.
    pub time_history: Option<TimeChart>,
    /// The name of the case in `data/….js`.
    pub history_id: String,
    /// How to read the history.
    pub history_note: String,
    /// The latest runs at which the compiler or a dependency changed.
    pub marks: Vec<Mark>,
    /// Each change of an exact number, newest first; at most twenty.
    pub changes: Vec<PastChange>,
    /// How many older changes are not shown.
    pub older_changes: usize,
    /// The function of the case; absent if it is unknown.
    pub excerpt: Option<Excerpt>,
    /// Why there is no function; absent if there is one.
    pub no_excerpt: Option<&'static str>,
    /// The command that runs the case without storing a record.
    pub command: String,
    /// The command that counts, times and records only this case.
    pub report_command: String,
    /// The source file, relative to the workspace.
    pub file: String,
    /// The first case in report order; absent on its own page.
    pub first: Option<Link>,
    /// The case before it in report order.
    pub previous: Option<Link>,
    /// The case after it.
    pub next: Option<Link>,
}

/// A metric of the case: now, before, and the part that dropping the result caused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValueRow {
    /// The metric's name.
    pub name: &'static str,
    /// The metric in a few words.
    pub meaning: &'static str,
    /// The number now.
    pub cell: Cell,
    /// The number at the base: `=` if it is exactly the same, a dash if it is not judged.
    pub before: String,
    /// How much of it dropping the result caused; absent if the metric has no such part.
    pub in_drop: Option<String>,
    /// `exact`, or the spread of its repetitions.
    pub trust: String,
}

/// A case assertion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// The assertion, as in `allocs == 1`.
    pub claim: String,
    /// Whether it passed in every repetition.
    pub met: bool,
}

/// The pages of all cases of the series.
pub(super) fn pages(
    snapshot: &Snapshot<'_>,
    input: &Input<'_>,
    marks: &[Mark],
    footer: &str,
) -> Vec<CasePage> {
    let cases = &snapshot.cases;
    let neighbour = |index: Option<usize>| {
        let case = cases.get(index?)?;
        Some(Link::new(case.entry.case.id.clone(), case.path.clone()))
    };
    let pages = cases.par_iter().enumerate().map(|(index, case)| CasePage {
        first: neighbour((index > 0).then_some(0)),
        previous: neighbour(index.checked_sub(1)),
        next: neighbour(index.checked_add(1)),
        ..page(case, snapshot, input, marks, footer)
    });
    pages.collect()
}

fn page(
    case: &MeasuredCase<'_>,
    snapshot: &Snapshot<'_>,
    input: &Input<'_>,
    marks: &[Mark],
    footer: &str,
) -> CasePage {
    let (changes, older_changes) = past::changes(case, snapshot);
    let (excerpt, no_excerpt) = match excerpt::excerpt(case, snapshot, input) {
        Ok(excerpt) => (Some(excerpt), None),
        Err(why) => (None, Some(why)),
    };
    let info = &case.entry.case;
    let timeline = case.entry.timeline.as_ref();
    let timeline = timeline.and_then(|hash| case.run.timelines.get(hash));
    let timeline = timeline.and_then(TimelineChart::new);
    let history = history::charts(case, snapshot, marks);
    CasePage {
        page: Page::new(&case.path, &info.id, footer).below(trail(case, snapshot)),
        id: info.id.clone(),
        summary: info.summary.clone(),
        statuses: table::statuses(case, snapshot),
        verdict: verdict(case, snapshot),
        source: Source::from_run(case.run),
        values: Metric::HEADLINE
            .into_iter()
            .map(|metric| value_row(case, metric))
            .collect(),
        instabilities: instabilities(case.entry),
        claims: claims(case),
        timing: Timing::from_entry(case.entry, case.run),
        instructions: Instructions::from_entry(case.entry, case.run),
        no_timeline: timeline.is_none().then(|| no_timeline(case).to_owned()),
        timeline,
        classes: ClassChart::new(&case.entry.size_classes),
        history_note: history_note(case, snapshot, &history),
        marks: if history.is_empty() {
            Vec::new()
        } else {
            history::latest(marks)
        },
        history,
        changes,
        older_changes,
        excerpt,
        no_excerpt,
        time_history: TimeChart::new(case, snapshot, marks),
        history_id: lazy::id(&case.path),
        command: command::bench(case.run, &info.id),
        report_command: command::report(case.run, &info.id),
        file: info.file.clone(),
        first: None,
        previous: None,
        next: None,
    }
}

/// The pages above a case. A group without listed cases has no page.
fn trail(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>) -> Vec<Link> {
    let group = case.entry.case.group.as_str();
    let mut trail = vec![Link::new("Overview", "index.html")];
    if snapshot.groups().contains(&group) {
        trail.push(Link::new(group, page::group_path(group)));
    }
    trail
}

fn claims(case: &MeasuredCase<'_>) -> Vec<Claim> {
    let claims = case.entry.expected.iter().map(|expected| Claim {
        claim: expected.claim.clone(),
        met: expected.met,
    });
    claims.collect()
}

fn verdict(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>) -> String {
    match case.presence {
        Presence::Failed(reason) => {
            return format!(
                "Could not be counted: {reason}. The numbers below are from {}.",
                dated(case.run)
            );
        }
        Presence::FilteredOut => {
            return format!(
                "Not part of the newest run. The numbers below are from {}.",
                dated(case.run)
            );
        }
        Presence::Gone => {
            return format!(
                "The suite no longer has this case. The numbers below are from {}.",
                dated(case.run)
            );
        }
        Presence::Counted => {}
    }
    let Some(change) = &case.change else {
        return match &snapshot.base {
            Base::NotComparable(run, obstacles) => {
                let what: Vec<String> = obstacles.iter().map(headline::obstacle).collect();
                format!("Not comparable with {}: {}.", dated(run), what.join("; "))
            }
            Base::Nothing => "No earlier run to compare with.".to_owned(),
            Base::Run(run) => format!("Could not be counted at {}.", dated(run)),
        };
    };
    let base = match &snapshot.base {
        Base::Run(run) | Base::NotComparable(run, _) => dated(run),
        Base::Nothing => "before".to_owned(),
    };
    let moved: Vec<String> = moved(change).collect();
    let unjudged = varies::unjudged(change).map_or_else(String::new, |metrics| {
        format!("; not judged (varies or unknown): {metrics}")
    });
    match (change.verdict, moved.is_empty()) {
        (CountVerdict::Added, _) => format!("Added since {base}."),
        (CountVerdict::Removed, _) => format!("Removed since {base}."),
        (CountVerdict::Undecided, _) => {
            format!("No known change since {base}{unjudged}.")
        }
        (_, true) => format!("Exactly the same as {base}."),
        (CountVerdict::Same, false) => {
            format!(
                "The same totals as {base}, but the part of the drop changed: {}{unjudged}.",
                moved.join(", ")
            )
        }
        (_, false) => format!("Compared with {base}: {}{unjudged}.", moved.join(", ")),
    }
}

/// The changes that are certain, in words.
pub(super) fn moved(change: &Change) -> impl Iterator<Item = String> {
    let exact = change.differences.iter().map(difference);
    exact.chain(varies::moved(change))
}

/// A difference in words, as in `allocs 7 → 9 (+2)`.
pub(super) fn difference(difference: &heapmark_model::analysis::change::Difference) -> String {
    let metric = difference.metric;
    let by = difference.after.saturating_sub(difference.before);
    format!(
        "{} {} → {} ({})",
        cell::heading(metric).to_lowercase(),
        cell::number(metric, difference.before),
        cell::number(metric, difference.after),
        cell::signed(metric, by)
    )
}

fn value_row(case: &MeasuredCase<'_>, metric: Metric) -> ValueRow {
    let in_drop = drop_part(metric).and_then(|part| {
        let value = case.entry.get(part)?;
        Some(cell::number(part, value))
    });
    ValueRow {
        name: cell::heading(metric),
        meaning: meaning(metric),
        cell: Cell::new(case.entry, metric, case.change.as_ref()),
        before: before(case, metric),
        in_drop,
        trust: trust(metric, case.entry.metrics.get(&metric)),
    }
}

fn before(case: &MeasuredCase<'_>, metric: Metric) -> String {
    let nothing = "—".to_owned();
    let Some(change) = &case.change else {
        return nothing;
    };
    let mut moved = change.differences.iter();
    match moved.find(|difference| difference.metric == metric) {
        Some(difference) => cell::number(metric, difference.before),
        None if change.verdict == CountVerdict::Added || change.unjudged.contains(&metric) => {
            nothing
        }
        None => "=".to_owned(),
    }
}

fn drop_part(metric: Metric) -> Option<Metric> {
    match metric {
        Metric::Allocs => Some(Metric::DropAllocs),
        Metric::Frees => Some(Metric::DropFrees),
        Metric::Reallocs => Some(Metric::DropReallocs),
        Metric::Bytes => Some(Metric::DropBytes),
        _ => None,
    }
}

/// What a metric counts, in a few words.
pub(super) fn meaning(metric: Metric) -> &'static str {
    match metric {
        Metric::Allocs => "blocks allocated",
        Metric::Frees => "blocks freed",
        Metric::Reallocs => "blocks resized, in place or moved",
        Metric::Bytes => "bytes requested: sizes of new blocks, and growth of resized ones",
        Metric::Peak => "highest live bytes, minus those at the start",
        Metric::Retained => "live bytes after the result is dropped",
        Metric::DropAllocs | Metric::DropFrees | Metric::DropReallocs | Metric::DropBytes => {
            "the part that dropping the result caused"
        }
    }
}

fn trust(metric: Metric, value: Option<&Value>) -> String {
    match value {
        None => "not measured".to_owned(),
        Some(value) if value.value.is_none() => "unknown".to_owned(),
        Some(value) if value.exact => "exact".to_owned(),
        Some(value) => format!("varies{}", cell::spread(metric, value)),
    }
}

/// Each reason once, in the order of the columns.
fn instabilities(entry: &Entry) -> Vec<String> {
    let mut sentences = Vec::new();
    for reason in entry.metrics.values().filter_map(|value| value.why) {
        let sentence = format!("Some numbers vary because {}.", cell::instability(reason));
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

fn no_timeline(case: &MeasuredCase<'_>) -> &'static str {
    let touches_heap = !case.entry.size_classes.is_empty();
    if case.entry.other_threads {
        "No timeline: other threads allocate or free too, so the order of events is undefined."
    } else if touches_heap {
        "No timeline was recorded for this case."
    } else {
        "No timeline: an iteration never allocates or frees."
    }
}

fn history_note(case: &MeasuredCase<'_>, snapshot: &Snapshot<'_>, charts: &[StepChart]) -> String {
    let runs = &snapshot.series.runs;
    let mut note = match runs.len() {
        1 => "This is the first run of this history.".to_owned(),
        many => format!(
            "{many} runs of {}, oldest on the left. Solid lines are exact.",
            snapshot.series.key.words()
        ),
    };
    let drawn = |metric: &Metric| charts.iter().any(|chart| chart.metric == metric.key());
    let rest: Vec<&str> = Metric::ALL
        .iter()
        .filter(|metric| !drawn(metric))
        .map(|metric| cell::heading(*metric))
        .collect();
    if !rest.is_empty() {
        note.push_str(&format!(
            " Hidden (always 0, unknown, or equal to allocs): {}.",
            rest.join(", ")
        ));
    }
    if history::ever_sampled(charts) {
        note.push_str(" Dotted lines are medians of values that vary between repetitions.");
    }
    if let Some(last) = case.ambiguous {
        note.push_str(&format!(
            " The history of this case starts after {}. Until then, several cases shared the id \
             `{}`, so the earlier numbers are not shown.",
            dated_commit(&last.commit),
            Key::from_case(&case.entry.case).old_id()
        ));
    }
    note
}

/// The name of the base of a comparison; absent if there is no comparable run.
pub(super) fn base_name(snapshot: &Snapshot<'_>) -> Option<String> {
    match &snapshot.base {
        Base::Run(run) => Some(short(run)),
        Base::Nothing | Base::NotComparable(..) => None,
    }
}
