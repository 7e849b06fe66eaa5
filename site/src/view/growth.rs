//! The page about leaks: problems and their solutions, each with the verdict of the detector.

use serde::Serialize;

use super::Axis;
use super::axis::Tick;
use super::guide;
use super::page::Page;
use super::snapshot::{MeasuredCase, Snapshot};
use super::source::Source;
use super::status::Status;
use super::tools::{MatrixTable, called, newest, words_of};
use heapmark_model::format;
use heapmark_model::record::{Growth, ToolRecord, ToolSubject, Unit, Verdict};

/// The page about leaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeakPage {
    /// The frame.
    pub page: Page,
    /// The number of verdicts, in a sentence.
    pub summary: String,
    /// How to read it, and what is not shown.
    pub notes: Vec<String>,
    /// The run that the numbers are from; absent if nothing was measured.
    pub source: Option<Source>,
    /// Cases that grow without declaring it, or that are undecided.
    pub found: Vec<GrowingCase>,
    /// Each question with its problem and solutions.
    pub pairs: Vec<LeakPair>,
    /// What tools find in a server that leaks; absent if it was not measured.
    pub server: Option<MatrixTable>,
}

/// A problem and its solutions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeakPair {
    /// The question that they answer.
    pub question: String,
    /// The answers, all drawn on one scale.
    pub cases: Vec<GrowingCase>,
    /// The section of the guide that explains it; absent for patterns outside of heapmark's suite.
    pub guide: Option<String>,
}

/// A case and the live bytes after each of its iterations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrowingCase {
    /// Its id.
    pub id: String,
    /// Its name among the answers.
    pub name: String,
    /// The address of its page.
    pub href: String,
    /// What it shows.
    pub summary: String,
    /// The verdict.
    pub status: Status,
    /// How fast it grows, or the reason of its verdict.
    pub rate: String,
    /// The lines that allocate the memory.
    pub places: Vec<String>,
    /// The results of tools that look once, at exit; empty if they did not run.
    pub tools: Vec<String>,
    /// Its live bytes.
    pub chart: GrowthChart,
}

/// Live bytes over the iterations of one process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrowthChart {
    /// The chart in a sentence, for screen readers.
    pub label: String,
    /// The y axis, in bytes.
    pub axis: Axis,
    /// Lowest live bytes in each of several equal sections of the iterations.
    pub floor: Vec<i64>,
    /// Highest live bytes in each section.
    pub highest: Vec<i64>,
    /// The first and the last iteration.
    pub step_ticks: Vec<Tick>,
}

impl LeakPage {
    pub(super) fn empty(footer: &str) -> Self {
        Self {
            page: Page::new("leaks.html", "Leaks", footer),
            summary: "No results yet. Run `cargo heapmark report`.".to_owned(),
            notes: Vec::new(),
            source: None,
            found: Vec::new(),
            pairs: Vec::new(),
            server: None,
        }
    }

    pub(super) fn new(snapshot: &Snapshot<'_>, tools: &[ToolRecord], footer: &str) -> Self {
        let suite = newest(tools, ToolSubject::Suite);
        let mut pairs: Vec<(&str, Vec<(&MeasuredCase<'_>, &Growth)>)> = Vec::new();
        let mut found = Vec::new();
        for case in snapshot.listed() {
            let Some(growth) = case.entry.growth.as_deref() else {
                continue;
            };
            let info = &case.entry.case;
            if growth.declared.is_none() {
                found.push(GrowingCase::new(
                    case,
                    growth,
                    &axis(&[growth]),
                    &info.id,
                    suite,
                ));
                continue;
            }
            let question = info.question.as_deref().unwrap_or(&info.id);
            match pairs.iter_mut().find(|(known, _)| *known == question) {
                Some((_, cases)) => cases.push((case, growth)),
                None => pairs.push((question, vec![(case, growth)])),
            }
        }
        if pairs.is_empty() && found.is_empty() {
            return Self::empty(footer);
        }
        let pairs: Vec<LeakPair> = pairs
            .into_iter()
            .map(|pair| LeakPair::new(pair, suite))
            .collect();
        Self {
            page: Page::new("leaks.html", "Leaks", footer),
            summary: summary(&pairs, &found),
            notes: notes(suite),
            source: Some(Source::from_run(snapshot.newest)),
            found,
            pairs,
            server: newest(tools, ToolSubject::Server).map(MatrixTable::new),
        }
    }
}

const NOTE: &str = "Each case repeats its iteration in one process and keeps its state. The solid line shows the highest live bytes in each section of the iterations, and the dashed line shows the lowest. If a case leaks, the dashed line keeps rising. Cases that do not grow and have no growth assertion are not shown.";

/// How to read the page.
fn notes(suite: Option<&ToolRecord>) -> Vec<String> {
    let tools = suite.map(|measurement| {
        let names: Vec<String> = measurement.tools.iter().map(called).collect();
        format!(
            "{} look once: when a process exits normally after {} iterations (measured at commit {}). They cannot see memory that is freed before exit. Their amounts are per iteration.",
            names.join(" and "),
            format::count(format::as_signed(measurement.repetitions)),
            format::abbreviated(&measurement.provenance.commit.sha),
        )
    });
    std::iter::once(NOTE.to_owned()).chain(tools).collect()
}

impl LeakPair {
    fn new(
        (question, cases): (&str, Vec<(&MeasuredCase<'_>, &Growth)>),
        suite: Option<&ToolRecord>,
    ) -> Self {
        let growths: Vec<&Growth> = cases.iter().map(|(_, growth)| *growth).collect();
        let axis = axis(&growths);
        let cases = cases.into_iter().map(|(case, growth)| {
            let name = case.entry.case.variant.replace('_', " ");
            GrowingCase::new(case, growth, &axis, &name, suite)
        });
        let pair = Self {
            question: question.to_owned(),
            cases: cases.collect(),
            guide: None,
        };
        Self {
            guide: guide::place_of(&pair),
            ..pair
        }
    }
}

impl GrowingCase {
    fn new(
        case: &MeasuredCase<'_>,
        growth: &Growth,
        axis: &Axis,
        name: &str,
        suite: Option<&ToolRecord>,
    ) -> Self {
        let info = &case.entry.case;
        let places = growth.callsites.iter().filter_map(|site| {
            let frame = site.frames.first()?;
            Some(format!("{}:{}", frame.file, frame.line))
        });
        Self {
            id: info.id.clone(),
            name: name.to_owned(),
            href: case.path.clone(),
            summary: info.summary.clone(),
            status: Status::of_growth(growth),
            rate: rate(growth),
            places: places.collect(),
            tools: suite.map_or_else(Vec::new, |measurement| words_of(measurement, &info.id)),
            chart: GrowthChart::new(growth, axis.clone()),
        }
    }
}

/// One axis for all cases, so that they can be compared by eye.
fn axis(growths: &[&Growth]) -> Axis {
    let levels = growths
        .iter()
        .flat_map(|growth| growth.floor.iter().chain(growth.highest()));
    Axis::from_zero(levels.copied(), Unit::Bytes)
}

impl GrowthChart {
    fn new(growth: &Growth, axis: Axis) -> Self {
        let steps = format::as_signed(growth.steps);
        let lowest = growth.floor.iter().copied().min().unwrap_or(0);
        let highest = growth.highest().iter().copied().max().unwrap_or(0);
        let tick = |value: i64| Tick {
            value,
            label: format::count(value),
        };
        let (least, most) = (format::bytes(lowest), format::bytes(highest));
        let levels = if least == most {
            format!("always {most}")
        } else {
            let end = format::bytes(growth.floor.last().copied().unwrap_or(0));
            format!("from {least} to {most}, and at least {end} at the end")
        };
        Self {
            label: format!(
                "Live bytes after each of {} iterations: {levels}.",
                format::count(steps)
            ),
            axis,
            floor: growth.floor.clone(),
            highest: growth.highest().to_vec(),
            step_ticks: vec![tick(0), tick(steps)],
        }
    }
}

/// How fast it grows, as in `+108 B +1 block per iteration`, or the reason of its verdict.
fn rate(growth: &Growth) -> String {
    if growth.verdict != Verdict::Leak {
        return growth.reason.clone();
    }
    let [bytes, blocks] = [growth.bytes_per_million, growth.blocks_per_million];
    format::growth_rate(bytes as f64 / 1e6, blocks as f64 / 1e6, "per iteration")
}

/// The number of verdicts, as in `16 patterns: 15 cases leak, …`.
fn summary(pairs: &[LeakPair], found: &[GrowingCase]) -> String {
    let declared = pairs.iter().flat_map(|pair| &pair.cases);
    let count = |word: &str| {
        declared
            .clone()
            .filter(|case| case.status.word == word)
            .count()
    };
    let leaks = found.iter().filter(|case| case.status.word == "leaks");
    let others = match leaks.count() {
        0 => "No other case leaks.".to_owned(),
        1 => "1 other case leaks.".to_owned(),
        many => format!("{many} other cases leak."),
    };
    let says = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    format!(
        "{}: {}, {}, {}. {others}",
        format::plural(pairs.len(), "pattern"),
        says(count("leaks"), "case leaks", "cases leak"),
        says(
            count("retains"),
            "retains memory after a spike",
            "retain memory after a spike"
        ),
        says(count("steady"), "is steady", "are steady"),
    )
}
