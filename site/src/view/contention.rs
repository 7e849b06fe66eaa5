//! The page about contention: what threads that want the same thing cost each other.

use super::heat::{HeatCell, HeatPage, HeatRow, HeatTable, are_apart, factor, heat, measured};
use super::page::Page;
use super::scaling::ScalingChart;
use heapmark_model::format;
use heapmark_model::record::{ContentionResult, ContentionStudy, Sample};

/// The page of the newest study; `None` where there is none.
pub(super) fn page(studies: &[ContentionStudy]) -> Option<HeatPage> {
    let study = studies.last()?;
    let footer = measured(&study.provenance);
    let questions = distinct(study.results.iter().map(|result| result.question.as_str()));
    Some(HeatPage {
        page: Page::new("contention.html", "Contention", &footer),
        heading: "What do threads cost each other?",
        findings: questions
            .iter()
            .filter_map(|question| finding(study, question))
            .collect(),
        notes: notes(study, &questions),
        tables: questions
            .iter()
            .map(|question| table(study, question))
            .collect(),
    })
}

/// What a terminal says of a study.
pub fn findings_of(study: &ContentionStudy) -> Vec<String> {
    page(std::slice::from_ref(study)).map_or_else(Vec::new, |page| {
        page.findings.into_iter().chain(page.notes).collect()
    })
}

fn distinct<T: Copy + PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}

fn of_question<'a>(study: &'a ContentionStudy, question: &str) -> Vec<&'a ContentionResult> {
    let results = study.results.iter();
    results
        .filter(|result| result.question == question)
        .collect()
}

fn find<'a>(
    results: &[&'a ContentionResult],
    variant: &str,
    threads: u32,
    again: bool,
) -> Option<&'a ContentionResult> {
    let is_it = |result: &&&ContentionResult| {
        result.variant == variant && result.threads == threads && result.again == again
    };
    results.iter().find(is_it).copied()
}

fn table(study: &ContentionStudy, question: &str) -> HeatTable {
    let results = of_question(study, question);
    let threads = distinct(results.iter().map(|result| result.threads));
    let variants = distinct(results.iter().map(|result| result.variant.as_str()));
    let first = variants.first().copied().unwrap_or_default();
    let rows = variants.iter().map(|variant| HeatRow {
        work: (*variant).to_owned(),
        cells: threads
            .iter()
            .map(|threads| cell(&results, first, variant, *threads))
            .collect(),
    });
    let lines = variants.iter().map(|variant| {
        let points = threads.iter().filter_map(|threads| {
            let result = find(&results, variant, *threads, false)?;
            Some((u64::from(*threads), result.wall_picoseconds.median))
        });
        ((*variant).to_owned(), points.collect())
    });
    HeatTable {
        title: question.to_owned(),
        reading: format!(
            "time of a turn: from the beginning to the end over the turns of all threads; a colour says how it stands to that of `{first}` on as many"
        ),
        rows_are: "Answer",
        columns: threads
            .iter()
            .map(|threads| format::plural(*threads as usize, "thread"))
            .collect(),
        scaling: ScalingChart::of("Time of a turn over threads", lines.collect()),
        rows: rows.collect(),
    }
}

fn cell(results: &[&ContentionResult], first: &str, variant: &str, threads: u32) -> HeatCell {
    let base = find(results, first, threads, false);
    let Some((own, base)) = find(results, variant, threads, false).zip(base) else {
        return HeatCell::unknown();
    };
    let again = find(results, first, threads, true);
    let time = own.wall_picoseconds;
    let differs = again
        .into_iter()
        .chain([base])
        .all(|turn| are_apart(time, turn.wall_picoseconds));
    let ratio = time.median as f64 / base.wall_picoseconds.median.max(1) as f64;
    let Sample { min, max, .. } = time;
    HeatCell {
        text: format::duration(time.median),
        title: format!(
            "{} of {first}; {} … {}; CPU {}; {} a turn",
            factor(ratio),
            format::duration(min),
            format::duration(max),
            format::duration(own.cpu_picoseconds.median),
            blocks(own.allocations_per_thousand.median),
        ),
        heat: if differs { heat(ratio) } else { "" },
    }
}

/// Blocks a turn, from those of a thousand.
fn blocks(per_thousand: u64) -> String {
    if per_thousand.is_multiple_of(1_000) {
        return format::plural((per_thousand / 1_000) as usize, "block");
    }
    format!("{:.3} blocks", per_thousand as f64 / 1_000.0)
}

/// Which answers take least time on the most threads: those that no other one is surely below.
fn finding(study: &ContentionStudy, question: &str) -> Option<String> {
    let results = of_question(study, question);
    let most = results.iter().map(|result| result.threads).max()?;
    let on_most = || {
        let results = results.iter();
        results.filter(|result| result.threads == most && !result.again)
    };
    let best = on_most().min_by_key(|result| result.wall_picoseconds.median)?;
    let close = on_most()
        .filter(|result| !are_apart(result.wall_picoseconds, best.wall_picoseconds))
        .map(|result| result.variant.as_str());
    let names: Vec<&str> = close.collect();
    Some(format!(
        "{}, on {}: {} {} least, {} a turn.",
        capital(question),
        format::plural(most as usize, "thread"),
        names.join(", "),
        if names.len() == 1 { "takes" } else { "take" },
        format::duration(best.wall_picoseconds.median)
    ))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn notes(study: &ContentionStudy, questions: &[&str]) -> Vec<String> {
    let twice: Vec<(Sample, Sample)> = questions
        .iter()
        .flat_map(|question| {
            let results = of_question(study, question);
            let again = results.iter().filter(|result| result.again);
            let pairs = again.filter_map(|again| {
                let once = find(&results, &again.variant, again.threads, false)?;
                Some((once.wall_picoseconds, again.wall_picoseconds))
            });
            pairs.collect::<Vec<_>>()
        })
        .collect();
    let apart = |(once, again): &(Sample, Sample)| {
        (again.median.max(1) as f64 / once.median.max(1) as f64)
            .ln()
            .abs()
    };
    let most = twice.iter().map(apart).fold(0.0, f64::max).exp();
    let seeming = twice
        .iter()
        .filter(|(once, again)| are_apart(*once, *again));
    let cores = study.provenance.machine.cores;
    vec![
        format!(
            "Each number is the median of {} processes, interleaved at random with all others; the turns of all threads together are as many on any number of threads, so that what costs nothing to share takes half the time on twice the cores.",
            study.processes
        ),
        format!(
            "The machine has {}: more threads than that take turns on them, and measure what happens when a thread is stopped in the midst of its turn.",
            format::plural(cores as usize, "core")
        ),
        format!(
            "The first answer of each question ran twice: its times differed by a factor of up to {}, and one turn against the other, {} of {} would have had a colour.",
            factor(most),
            seeming.count(),
            twice.len()
        ),
    ]
}

#[cfg(test)]
mod tests;
