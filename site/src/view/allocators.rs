//! The page about allocators: the same work under each, held against the first.

mod cell;
mod suite;

use super::heat::{HeatCell, HeatPage, HeatRow, HeatTable, are_apart, factor, measured};
use super::page::Page;
use cell::{Reading, held_cell, ratio_cell};
use heapmark_model::format;
use heapmark_model::record::{AllocatorResult, AllocatorStudy, Sample};

/// The page of the newest study; `None` where there is none.
pub(super) fn page(studies: &[AllocatorStudy]) -> Option<HeatPage> {
    let study = studies.last()?;
    let first = study.allocators.first()?;
    let footer = measured(&study.provenance);
    let readings: [(&str, &str, Reading); 4] = [
        (
            "CPU time",
            "of the whole process, over that of the first allocator",
            Reading::new(
                |r| r.cpu_nanoseconds,
                |value| format::duration(value.saturating_mul(1_000)),
            ),
        ),
        (
            "Most memory at once",
            "resident bytes of the process, over those of the first",
            Reading::new(|r| r.highest_resident, bytes),
        ),
        (
            "Memory kept when everything is freed",
            "bytes of the process that no file backs, after the work",
            Reading::new(|r| r.anonymous_after, bytes).absolute(),
        ),
        (
            "Page faults",
            "pages that the kernel had to bring during the work",
            Reading::new(
                |r| r.minor_faults,
                |value| format::count(format::as_signed(value)),
            )
            .absolute(),
        ),
    ];
    let (held, timed): (Vec<&str>, Vec<&str>) = works(study)
        .into_iter()
        .partition(|work| holds(study, work));
    let mut tables: Vec<HeatTable> = readings
        .iter()
        .map(|(title, what, reading)| HeatTable {
            title: (*title).to_owned(),
            reading: (*what).to_owned(),
            rows_are: "Work",
            scaling: None,
            columns: names(study),
            rows: rows(study, &timed, |result, base, again| {
                ratio_cell(reading, result, base, again)
            }),
        })
        .collect();
    for (title, what, of) in cell::HELD {
        tables.push(HeatTable {
            title: title.to_owned(),
            reading: what.to_owned(),
            rows_are: "Work",
            scaling: None,
            columns: names(study),
            rows: rows(study, &held, |result, base, _| held_cell(of, result, base)),
        });
    }
    // What most readers come for first: their own kind of work.
    tables.splice(0..0, suite::tables(study));
    let mut findings = findings(study, &timed);
    findings.splice(0..0, suite::finding(study));
    let mut notes = notes(study, &first.name, &timed);
    notes.splice(0..0, suite::note(study));
    Some(HeatPage {
        heading: "Which allocator?",
        page: Page::new("allocators.html", "Allocators", &footer),
        findings,
        notes,
        tables,
    })
}

/// What a terminal says of a study.
pub fn findings_of(study: &AllocatorStudy) -> Vec<String> {
    page(std::slice::from_ref(study)).map_or_else(Vec::new, |page| {
        page.findings.into_iter().chain(page.notes).collect()
    })
}

fn names(study: &AllocatorStudy) -> Vec<String> {
    let named = study.allocators.iter();
    named
        .map(|allocator| match &allocator.version {
            Some(version) => format!("{} {version}", allocator.name),
            None => allocator.name.clone(),
        })
        .collect()
}

/// The work in its order.
fn works(study: &AllocatorStudy) -> Vec<&str> {
    let mut works: Vec<&str> = Vec::new();
    for result in &study.results {
        if !works.contains(&result.work.as_str()) {
            works.push(&result.work);
        }
    }
    works
}

fn holds(study: &AllocatorStudy, work: &str) -> bool {
    let of_work = |result: &&AllocatorResult| result.work == work;
    study
        .results
        .iter()
        .filter(of_work)
        .any(|result| result.held.is_some())
}

fn rows(
    study: &AllocatorStudy,
    works: &[&str],
    cell: impl Fn(&AllocatorResult, &AllocatorResult, Option<&AllocatorResult>) -> HeatCell,
) -> Vec<HeatRow> {
    let row = |work: &&str| {
        let first = &study.allocators.first()?.name;
        let (base, again) = (of(study, work, first, false)?, of(study, work, first, true));
        let cells = study.allocators.iter().map(|allocator| {
            let result = of(study, work, &allocator.name, false);
            result.map_or_else(HeatCell::unknown, |result| cell(result, base, again))
        });
        Some(HeatRow {
            work: (*work).to_owned(),
            cells: cells.collect(),
        })
    };
    works.iter().filter_map(row).collect()
}

fn of<'a>(
    study: &'a AllocatorStudy,
    work: &str,
    allocator: &str,
    again: bool,
) -> Option<&'a AllocatorResult> {
    let is_it = |result: &&AllocatorResult| {
        result.work == work && result.allocator == allocator && result.again == again
    };
    study.results.iter().find(is_it)
}

/// Which allocator takes least CPU time how often, and each one's mean against the first.
fn findings(study: &AllocatorStudy, timed: &[&str]) -> Vec<String> {
    let median = |work: &str, name: &str| {
        of(study, work, name, false).map(|result| result.cpu_nanoseconds.median.max(1))
    };
    let Some(first) = study.allocators.first() else {
        return Vec::new();
    };
    let mut wins: Vec<(usize, &str)> = study
        .allocators
        .iter()
        .map(|allocator| {
            let wins = timed.iter().filter(|work| {
                let times = study
                    .allocators
                    .iter()
                    .filter_map(|other| median(work, &other.name));
                median(work, &allocator.name) == times.min()
            });
            (wins.count(), allocator.name.as_str())
        })
        .filter(|(wins, _)| *wins > 0)
        .collect();
    wins.sort_by_key(|(wins, _)| std::cmp::Reverse(*wins));
    let wins: Vec<String> = wins
        .iter()
        .map(|(wins, name)| format!("{name} {wins}"))
        .collect();
    let means: Vec<String> = study
        .allocators
        .iter()
        .skip(1)
        .filter_map(|allocator| {
            let logs: Option<Vec<f64>> = timed
                .iter()
                .map(|work| {
                    let (own, base) = (median(work, &allocator.name)?, median(work, &first.name)?);
                    Some((own as f64 / base as f64).ln())
                })
                .collect();
            let logs = logs.filter(|logs| !logs.is_empty())?;
            let mean = (logs.iter().sum::<f64>() / logs.len() as f64).exp();
            Some(format!("{} {}", allocator.name, factor(mean)))
        })
        .collect();
    let mut findings = vec![format!(
        "Least CPU time of {} works, by the median: {}.",
        timed.len(),
        wins.join(", ")
    )];
    if !means.is_empty() {
        findings.push(format!(
            "CPU time over that of {}, as the geometric mean of all: {}.",
            first.name,
            means.join(", ")
        ));
    }
    findings
}

fn notes(study: &AllocatorStudy, first: &str, timed: &[&str]) -> Vec<String> {
    let twice: Vec<(Sample, Sample)> = timed
        .iter()
        .filter_map(|work| {
            let once = of(study, work, first, false)?.cpu_nanoseconds;
            Some((once, of(study, work, first, true)?.cpu_nanoseconds))
        })
        .collect();
    let apart = |(once, again): &(Sample, Sample)| {
        (again.median as f64 / once.median.max(1) as f64).ln().abs()
    };
    let most = twice.iter().map(apart).fold(0.0, f64::max).exp();
    let seeming = twice
        .iter()
        .filter(|(once, again)| are_apart(*once, *again));
    vec![
        format!(
            "Each number of a fixed work is the median of {} processes, one for each work and allocator, interleaved at random. A cell has a colour where every process of that allocator took less, or more, than every one of {first}, in both of its turns.",
            study.processes
        ),
        format!(
            "{first} ran twice in the same session: its CPU times differed by a factor of up to {}, and one turn against the other, {} of {} works would have had a colour.",
            factor(most),
            seeming.count(),
            twice.len()
        ),
        "Work and memory are those of small programs on one machine; they say which questions to ask of your own.".to_owned(),
    ]
}

fn bytes(value: u64) -> String {
    format::bytes(format::as_signed(value))
}

#[cfg(test)]
mod tests;
