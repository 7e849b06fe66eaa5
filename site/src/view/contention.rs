//! The page about contention: how long an operation takes if several threads do it at once.

use super::heat::{
    HeatCell, HeatPage, HeatRow, HeatTable, are_apart, factor, heat, measured, with_range,
};
use super::page::Page;
use super::scaling::ScalingChart;
use heapmark_model::format;
use heapmark_model::record::{ContentionRecord, ContentionResult, Sample};

/// The page of the newest measurement; `None` if there is none.
pub(super) fn page(measurements: &[ContentionRecord]) -> Option<HeatPage> {
    let measurement = measurements.last()?;
    let footer = measured(&measurement.provenance);
    let questions = distinct(
        measurement
            .results
            .iter()
            .map(|result| result.question.as_str()),
    );
    Some(HeatPage {
        page: Page::new("contention.html", "Contention", &footer),
        heading: "How much do threads slow each other down?",
        findings: questions
            .iter()
            .filter_map(|question| finding(measurement, question))
            .collect(),
        notes: notes(measurement, &questions),
        tables: questions
            .iter()
            .map(|question| table(measurement, question))
            .collect(),
    })
}

/// The findings of a measurement, for the terminal.
pub fn findings_of(measurement: &ContentionRecord) -> Vec<String> {
    page(std::slice::from_ref(measurement)).map_or_else(Vec::new, |page| {
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

fn of_question<'a>(measurement: &'a ContentionRecord, question: &str) -> Vec<&'a ContentionResult> {
    let results = measurement.results.iter();
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

fn table(measurement: &ContentionRecord, question: &str) -> HeatTable {
    let results = of_question(measurement, question);
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
            "Time of an iteration: from the start of the first thread to the end of the last, divided by the iterations of all threads. Blue: faster than `{first}` at the same number of threads. Orange: slower"
        ),
        rows_are: "Answer",
        columns: threads
            .iter()
            .map(|threads| format::plural(*threads as usize, "thread"))
            .collect(),
        scaling: ScalingChart::titled("Time of an iteration over threads", lines.collect()),
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
        .all(|run| are_apart(time, run.wall_picoseconds));
    let ratio = time.median as f64 / base.wall_picoseconds.median.max(1) as f64;
    HeatCell {
        text: format::duration(time.median),
        title: format!(
            "{} the time of \u{201c}{first}\u{201d}; {}; CPU time {}; {} per iteration",
            factor(ratio),
            with_range(time, format::duration),
            format::duration(own.cpu_picoseconds.median),
            blocks(own.allocations_per_thousand.median),
        ),
        heat: if differs { heat(ratio) } else { "" },
    }
}

/// Blocks per iteration, from those of a thousand iterations.
fn blocks(per_thousand: u64) -> String {
    if per_thousand.is_multiple_of(1_000) {
        return format::plural((per_thousand / 1_000) as usize, "block");
    }
    let number = format::per_iteration(per_thousand as f64 / 1_000.0);
    let noun = if number == "1" { "block" } else { "blocks" };
    format!("{number} {noun}")
}

/// Which answers are fastest on the most threads: the best, and all that do not clearly differ.
fn finding(measurement: &ContentionRecord, question: &str) -> Option<String> {
    let results = of_question(measurement, question);
    let most = results.iter().map(|result| result.threads).max()?;
    let on_most = || {
        let results = results.iter();
        results.filter(|result| result.threads == most && !result.again)
    };
    let best = on_most().min_by_key(|result| result.wall_picoseconds.median)?;
    let close = on_most()
        .filter(|result| !are_apart(result.wall_picoseconds, best.wall_picoseconds))
        .map(|result| format!("\u{201c}{}\u{201d}", result.variant));
    let names: Vec<String> = close.collect();
    let listed = match &names[..] {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    };
    Some(format!(
        "{}, on {}: {listed} {} fastest ({} per iteration).",
        capital(question),
        format::plural(most as usize, "thread"),
        if names.len() == 1 { "is" } else { "are" },
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

fn notes(measurement: &ContentionRecord, questions: &[&str]) -> Vec<String> {
    let twice: Vec<(Sample, Sample)> = questions
        .iter()
        .flat_map(|question| {
            let results = of_question(measurement, question);
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
    let cores = measurement.provenance.machine.cores;
    vec![
        format!(
            "Each number is the median of {}, which ran in random order. The total number of iterations does not depend on the number of threads. Without contention, twice as many cores therefore halve the time.",
            format::plural(measurement.processes as usize, "process")
        ),
        format!(
            "The machine has {}. More threads than cores cannot all run at once. Their numbers show what happens if the system stops a thread that holds what other threads need.",
            format::plural(cores as usize, "core")
        ),
        format!(
            "The first answer to each question ran twice, to measure the noise. A cell is coloured only if all its processes were faster, or all were slower, than every process of both runs. The times of the two runs differ by a factor of up to {}. If these two runs were compared like different answers, {} of {} would be coloured.",
            factor(most),
            seeming.count(),
            format::plural(twice.len(), "cell")
        ),
    ]
}

#[cfg(test)]
mod tests;
