//! The times of the suite's cases under each allocator: one row per group, one row per question.

use super::names;
use crate::view::heat::{HeatCell, HeatRow, HeatTable, factor, heat};
use heapmark_model::record::{AllocatorCase, AllocatorRecord, AllocatorTurn};

const READING: &str = "time of an iteration relative to the first allocator: geometric mean over the cases, median of the rounds. The first column compares that allocator with itself (noise)";

/// The tables; none if no case was timed.
pub(super) fn tables(measurement: &AllocatorRecord) -> Vec<HeatTable> {
    let mut groups: Vec<&str> = Vec::new();
    let mut questions: Vec<(&str, &str)> = Vec::new();
    for case in &measurement.cases {
        if !groups.contains(&case.group.as_str()) {
            groups.push(&case.group);
        }
        let question = case
            .question
            .as_deref()
            .map(|question| (&case.group[..], question));
        questions.extend(question.filter(|question| !questions.contains(question)));
    }
    let of_group = |group: &&str| {
        let cases = measurement.cases.iter().filter(|case| case.group == *group);
        row(measurement, group.replace('_', " "), cases.collect())
    };
    let of_question = |(group, question): &(&str, &str)| {
        let cases = measurement
            .cases
            .iter()
            .filter(|case| case.group == *group && case.question.as_deref() == Some(*question));
        row(measurement, (*question).to_owned(), cases.collect())
    };
    let table = |title: &str, rows_are: &'static str, rows: Vec<HeatRow>| HeatTable {
        title: title.to_owned(),
        rows_are,
        scaling: None,
        reading: READING.to_owned(),
        columns: names(measurement),
        rows,
    };
    let tables = [
        table(
            "Time of each group of the suite",
            "Group",
            groups.iter().map(of_group).collect(),
        ),
        table(
            "Time of each question",
            "Question",
            questions.iter().map(of_question).collect(),
        ),
    ];
    tables
        .into_iter()
        .filter(|table| !table.rows.is_empty())
        .collect()
}

/// Each allocator's mean over all cases, and the noise.
pub(super) fn finding(measurement: &AllocatorRecord) -> Option<String> {
    let first = &measurement.allocators.first()?.name;
    let all: Vec<&AllocatorCase> = measurement.cases.iter().collect();
    let others = measurement.allocators.iter().skip(1);
    let means = others.filter_map(|allocator| {
        let rounds = factors(&all, first, &allocator.name, false);
        Some(format!("{} {}", allocator.name, factor(middle(&rounds)?)))
    });
    let again = factors(&all, first, first, true);
    let means: Vec<String> = means
        .chain(range(&again).map(|range| format!("{first} against itself (noise) {range}")))
        .collect();
    (!all.is_empty()).then(|| {
        format!(
            "Time of the suite's {} relative to {first} (geometric mean; below 1× is faster): {}.",
            heapmark_model::format::plural(all.len(), "case"),
            means.join(", ")
        )
    })
}

/// How the cells of these tables are measured.
pub(super) fn note(measurement: &AllocatorRecord) -> Option<String> {
    let rounds = measurement.cases.first()?.turns.first()?.picoseconds.len();
    Some(format!(
        "Suite: the cases ran in {}, each with different link orders and a different heap state. A cell is coloured only if its allocator was faster than both runs of the first allocator in all rounds (blue), or slower in all rounds (orange).",
        heapmark_model::format::plural(rounds, "round")
    ))
}

fn row(measurement: &AllocatorRecord, label: String, cases: Vec<&AllocatorCase>) -> HeatRow {
    let first = measurement
        .allocators
        .first()
        .map_or("", |first| &first.name);
    let again = factors(&cases, first, first, true);
    let cells = measurement.allocators.iter().map(|allocator| {
        if allocator.name == first {
            return match range(&again) {
                Some(text) => HeatCell {
                    title: heapmark_model::format::plural(cases.len(), "case"),
                    text,
                    heat: "",
                },
                None => HeatCell::unknown(),
            };
        }
        cell(&factors(&cases, first, &allocator.name, false), &again)
    });
    HeatRow {
        cells: cells.collect(),
        work: label,
    }
}

fn cell(own: &[f64], again: &[f64]) -> HeatCell {
    let (Some(ratio), Some(title)) = (middle(own), range(own)) else {
        return HeatCell::unknown();
    };
    let noise = || again.iter().copied().chain([1.0]);
    let is_less = own.iter().all(|own| noise().all(|noise| *own < noise));
    let is_more = own.iter().all(|own| noise().all(|noise| *own > noise));
    HeatCell {
        text: factor(ratio),
        title,
        heat: if is_less || is_more { heat(ratio) } else { "" },
    }
}

/// For each round, the geometric mean over the cases of the time relative to that of `first`.
fn factors(cases: &[&AllocatorCase], first: &str, allocator: &str, again: bool) -> Vec<f64> {
    let pairs = cases.iter().filter_map(|case| {
        let of = |allocator: &str, again| {
            let turn = |turn: &&AllocatorTurn| turn.allocator == allocator && turn.again == again;
            case.turns.iter().find(turn)
        };
        Some((of(first, false)?, of(allocator, again)?))
    });
    let pairs: Vec<(&AllocatorTurn, &AllocatorTurn)> = pairs.collect();
    let rounds = pairs
        .iter()
        .map(|(base, own)| base.picoseconds.len().min(own.picoseconds.len()));
    let mean = |round: usize| {
        let log = |(base, own): &(&AllocatorTurn, &AllocatorTurn)| {
            (own.picoseconds[round].max(1) as f64 / base.picoseconds[round].max(1) as f64).ln()
        };
        (pairs.iter().map(log).sum::<f64>() / pairs.len() as f64).exp()
    };
    (0..rounds.min().unwrap_or(0)).map(mean).collect()
}

fn middle(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.len().checked_sub(1)? / 2, sorted.len() / 2);
    Some((sorted.get(low)? * sorted.get(high)?).sqrt())
}

fn range(values: &[f64]) -> Option<String> {
    let low = values.iter().copied().min_by(f64::total_cmp)?;
    let high = values.iter().copied().max_by(f64::total_cmp)?;
    Some(format!("{}–{}", factor(low), factor(high)))
}
