//! The times of the suite's cases under each allocator: a row a group, and a row a question.

use super::names;
use crate::view::heat::{HeatCell, HeatRow, HeatTable, factor, heat};
use heapmark_model::record::{AllocatorCase, AllocatorStudy, AllocatorTurn};

const READING: &str = "time of an iteration over that under the first allocator, as the geometric mean of the cases; the first column tells how far its own second turn strays";

/// The tables; none where no case was timed.
pub(super) fn tables(study: &AllocatorStudy) -> Vec<HeatTable> {
    let mut groups: Vec<&str> = Vec::new();
    let mut questions: Vec<(&str, &str)> = Vec::new();
    for case in &study.cases {
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
        let cases = study.cases.iter().filter(|case| case.group == *group);
        row(study, group.replace('_', " "), cases.collect())
    };
    let of_question = |(group, question): &(&str, &str)| {
        let cases = study
            .cases
            .iter()
            .filter(|case| case.group == *group && case.question.as_deref() == Some(*question));
        row(study, (*question).to_owned(), cases.collect())
    };
    let table = |title: &str, rows_are: &'static str, rows: Vec<HeatRow>| HeatTable {
        title: title.to_owned(),
        rows_are,
        scaling: None,
        reading: READING.to_owned(),
        columns: names(study),
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

/// Each allocator's mean over all cases, and the noise that it stands beside.
pub(super) fn finding(study: &AllocatorStudy) -> Option<String> {
    let first = &study.allocators.first()?.name;
    let all: Vec<&AllocatorCase> = study.cases.iter().collect();
    let others = study.allocators.iter().skip(1);
    let means = others.filter_map(|allocator| {
        let rounds = factors(&all, first, &allocator.name, false);
        Some(format!("{} {}", allocator.name, factor(middle(&rounds)?)))
    });
    let again = factors(&all, first, first, true);
    let means: Vec<String> = means
        .chain(range(&again).map(|range| format!("{first} itself, once more, {range}")))
        .collect();
    (!all.is_empty()).then(|| {
        format!(
            "Time of the {} cases of the suite over that under {first}, as the geometric mean of all: {}.",
            all.len(),
            means.join(", ")
        )
    })
}

/// How the cells of these tables are made.
pub(super) fn note(study: &AllocatorStudy) -> Option<String> {
    let rounds = study.cases.first()?.turns.first()?.picoseconds.len();
    Some(format!(
        "The cases ran in {rounds} rounds, each with another layout of the code and another heap. A cell has a colour where every round of that allocator lies on the same side of every round of the first one's second turn, and of 1."
    ))
}

fn row(study: &AllocatorStudy, label: String, cases: Vec<&AllocatorCase>) -> HeatRow {
    let first = study.allocators.first().map_or("", |first| &first.name);
    let again = factors(&cases, first, first, true);
    let cells = study.allocators.iter().map(|allocator| {
        if allocator.name == first {
            return match range(&again) {
                Some(text) => HeatCell {
                    title: format!("{} cases", cases.len()),
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

/// Of each round the geometric mean over the cases of what one turn took over what `first` did.
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
    Some(format!("{} … {}", factor(low), factor(high)))
}
