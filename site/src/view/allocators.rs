//! The page about allocators: the same work under each, compared with the first.

mod cell;
mod suite;

use super::heat::{HeatCell, HeatPage, HeatRow, HeatTable, are_apart, factor, measured};
use super::page::Page;
use cell::{Reading, held_cell, ratio_cell};
use heapmark_model::format;
use heapmark_model::record::{AllocatorRecord, AllocatorResult, Sample};

/// The page of the newest measurement; `None` if there is none.
pub(super) fn page(measurements: &[AllocatorRecord]) -> Option<HeatPage> {
    let measurement = measurements.last()?;
    let first = measurement.allocators.first()?;
    let footer = measured(&measurement.provenance);
    let readings: [(&str, &str, Reading); 4] = [
        (
            "CPU time",
            "of the whole process: absolute for the first allocator, relative to it for the others",
            Reading::new(
                |r| r.cpu_nanoseconds,
                |value| format::duration(value.saturating_mul(1_000)),
            ),
        ),
        (
            "Peak memory",
            "highest resident memory of the process: absolute for the first allocator, relative to it for the others",
            Reading::new(|r| r.highest_resident, bytes),
        ),
        (
            "Memory kept after everything is freed",
            "anonymous memory of the process after the work",
            Reading::new(|r| r.anonymous_after, bytes).absolute(),
        ),
        (
            "Page faults",
            "minor page faults during the work",
            Reading::new(
                |r| r.minor_faults,
                |value| format::count(format::as_signed(value)),
            )
            .absolute(),
        ),
    ];
    let (held, timed): (Vec<&str>, Vec<&str>) = works(measurement)
        .into_iter()
        .partition(|work| holds(measurement, work));
    let mut tables: Vec<HeatTable> = readings
        .iter()
        .map(|(title, what, reading)| HeatTable {
            title: (*title).to_owned(),
            reading: (*what).to_owned(),
            rows_are: "Work",
            scaling: None,
            columns: names(measurement),
            rows: rows(measurement, &timed, |result, base, again| {
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
            columns: names(measurement),
            rows: rows(measurement, &held, |result, base, _| {
                held_cell(of, result, base)
            }),
        });
    }
    // The suite comes first, because most readers look for their own kind of work.
    tables.splice(0..0, suite::tables(measurement));
    let mut findings = findings(measurement, &timed);
    findings.splice(0..0, suite::finding(measurement));
    let mut notes = notes(measurement, &first.name, &timed);
    notes.splice(0..0, suite::note(measurement));
    Some(HeatPage {
        heading: "How do allocators compare?",
        page: Page::new("allocators.html", "Allocators", &footer),
        findings,
        notes,
        tables,
    })
}

/// The findings of a measurement, for the terminal.
pub fn findings_of(measurement: &AllocatorRecord) -> Vec<String> {
    page(std::slice::from_ref(measurement)).map_or_else(Vec::new, |page| {
        page.findings.into_iter().chain(page.notes).collect()
    })
}

fn names(measurement: &AllocatorRecord) -> Vec<String> {
    let named = measurement.allocators.iter();
    named
        .map(|allocator| match &allocator.version {
            Some(version) => format!("{} {version}", allocator.name),
            None => allocator.name.clone(),
        })
        .collect()
}

/// The kinds of work, in their order.
fn works(measurement: &AllocatorRecord) -> Vec<&str> {
    let mut works: Vec<&str> = Vec::new();
    for result in &measurement.results {
        if !works.contains(&result.work.as_str()) {
            works.push(&result.work);
        }
    }
    works
}

fn holds(measurement: &AllocatorRecord, work: &str) -> bool {
    let of_work = |result: &&AllocatorResult| result.work == work;
    measurement
        .results
        .iter()
        .filter(of_work)
        .any(|result| result.held.is_some())
}

fn rows(
    measurement: &AllocatorRecord,
    works: &[&str],
    cell: impl Fn(&AllocatorResult, &AllocatorResult, Option<&AllocatorResult>) -> HeatCell,
) -> Vec<HeatRow> {
    let row = |work: &&str| {
        let first = &measurement.allocators.first()?.name;
        let (base, again) = (
            of(measurement, work, first, false)?,
            of(measurement, work, first, true),
        );
        let cells = measurement.allocators.iter().map(|allocator| {
            let result = of(measurement, work, &allocator.name, false);
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
    measurement: &'a AllocatorRecord,
    work: &str,
    allocator: &str,
    again: bool,
) -> Option<&'a AllocatorResult> {
    let is_it = |result: &&AllocatorResult| {
        result.work == work && result.allocator == allocator && result.again == again
    };
    measurement.results.iter().find(is_it)
}

/// How often each allocator takes the least CPU time, and its mean relative to the first.
fn findings(measurement: &AllocatorRecord, timed: &[&str]) -> Vec<String> {
    let median = |work: &str, name: &str| {
        of(measurement, work, name, false).map(|result| result.cpu_nanoseconds.median.max(1))
    };
    let Some(first) = measurement.allocators.first() else {
        return Vec::new();
    };
    let mut wins: Vec<(usize, &str)> = measurement
        .allocators
        .iter()
        .map(|allocator| {
            let wins = timed.iter().filter(|work| {
                let times = measurement
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
        .map(|(wins, name)| format!("{name} in {wins}"))
        .collect();
    let means: Vec<String> = measurement
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
        "Least CPU time (median) in {} of fixed work: {}.",
        format::plural(timed.len(), "kind"),
        wins.join(", ")
    )];
    if !means.is_empty() {
        findings.push(format!(
            "CPU time of the fixed work relative to {} (geometric mean; below 1× is faster): {}.",
            first.name,
            means.join(", ")
        ));
    }
    findings
}

fn notes(measurement: &AllocatorRecord, first: &str, timed: &[&str]) -> Vec<String> {
    let twice: Vec<(Sample, Sample)> = timed
        .iter()
        .filter_map(|work| {
            let once = of(measurement, work, first, false)?.cpu_nanoseconds;
            Some((once, of(measurement, work, first, true)?.cpu_nanoseconds))
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
            "Fixed work: each number is the median of {}, which ran in random order. {first} ran twice. A cell is coloured only if all processes of its allocator took less than all processes of both runs of {first} (blue), or all took more (orange).",
            format::plural(measurement.processes as usize, "process")
        ),
        format!(
            "The CPU times of the two runs of {first} differ by a factor of up to {}. If these two runs were compared like different allocators, {} of {} of work would be coloured.",
            factor(most),
            seeming.count(),
            format::plural(twice.len(), "kind")
        ),
        "All numbers are from small programs on one machine. Measure your own program before you choose an allocator.".to_owned(),
    ]
}

fn bytes(value: u64) -> String {
    format::bytes(format::as_signed(value))
}

#[cfg(test)]
mod tests;
