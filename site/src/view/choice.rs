//! Which answer to a question is best, by its numbers.
//!
//! ```text
//!  answers of a question ─ by size ─┬▶ the smallest of each column marked, times as ratios to it
//!                                   └▶ a sentence: which allocates least, and which is fastest
//! ```

use super::cell;
use super::snapshot::{MeasuredCase, Presence};
use super::table::Row;
use super::timing;
use heapmark_model::format;
use heapmark_model::record::{Entry, Metric, Time};

/// Marks the smallest of each column among `answers` of one size, and returns which one to choose:
/// one sentence per size, or none if there is only one answer.
pub(super) fn choose(answers: &[&MeasuredCase<'_>], rows: &mut [Row]) -> Vec<String> {
    let mut sizes: Vec<Option<u64>> = Vec::new();
    for answer in answers {
        let size = answer.entry.case.parameter;
        if !sizes.contains(&size) {
            sizes.push(size);
        }
    }
    sizes.sort_unstable();
    let mut sentences = Vec::new();
    for size in sizes {
        let of_size = |index: &usize| {
            let answer = answers[*index];
            answer.entry.case.parameter == size && answer.presence == Presence::Counted
        };
        let chosen: Vec<usize> = (0..answers.len()).filter(of_size).collect();
        if chosen.len() > 1 {
            mark(rows, &chosen);
            let entries: Vec<&Entry> = chosen.iter().map(|index| answers[*index].entry).collect();
            sentences.push(sentence(size, &entries));
        }
    }
    sentences
}

/// Marks the smallest of each column, unless all are equal.
fn mark(rows: &mut [Row], chosen: &[usize]) {
    let columns = rows[chosen[0]].cells.len();
    for column in 0..columns {
        let values = chosen.iter().map(|index| rows[*index].cells[column].value);
        let Some(values) = values.collect::<Option<Vec<i64>>>() else {
            continue;
        };
        let (Some(least), Some(most)) = (values.iter().min(), values.iter().max()) else {
            continue;
        };
        if least == most {
            continue;
        }
        for (index, value) in chosen.iter().zip(&values) {
            let cell = &mut rows[*index].cells[column];
            // The number of frees is neither good nor bad, because it mirrors the allocs.
            cell.best = value == least && cell.metric != Metric::Frees.key();
            // Differences of less than a twentieth are not shown.
            if cell.metric == "time" && *least > 0 && *value > *least + *least / 20 {
                let ratio = ratio(*value as f64 / *least as f64);
                cell.title
                    .push_str(&format!(" {ratio} the time of the fastest answer."));
                cell.ratio = Some(ratio);
            }
        }
    }
}

/// As in `×1.8` or `×120`.
fn ratio(ratio: f64) -> String {
    if ratio < 10.0 {
        format!("×{ratio:.1}")
    } else {
        format!("×{ratio:.0}")
    }
}

fn sentence(size: Option<u64>, entries: &[&Entry]) -> String {
    let least = least_heap(entries);
    let fastest = fastest(entries);
    let sentence = match fastest {
        Some(fastest) => format!("{least}; {fastest}"),
        None => least,
    };
    match size {
        Some(size) => {
            let size = format::as_signed(size);
            format!("At size {}, {sentence}.", format::count(size))
        }
        None => {
            // A sentence that begins with a name begins with a backtick.
            let first = sentence
                .chars()
                .next()
                .map(|first| first.to_ascii_uppercase());
            let sentence: String = first.into_iter().chain(sentence.chars().skip(1)).collect();
            format!("{sentence}.")
        }
    }
}

/// Which answer allocates least: by calls, then by bytes.
fn least_heap(entries: &[&Entry]) -> String {
    let cost = |entry: &Entry| -> Option<(i64, i64)> {
        let calls = entry.get(Metric::Allocs)? + entry.get(Metric::Reallocs)?;
        Some((calls, entry.get(Metric::Bytes)?))
    };
    let costs: Vec<Option<(i64, i64)>> = entries.iter().map(|entry| cost(entry)).collect();
    let Some(least) = costs.iter().flatten().min().copied() else {
        return "the number of allocations is unknown".to_owned();
    };
    let best = entries.iter().zip(&costs);
    let best: Vec<&str> = best
        .filter(|(_, cost)| **cost == Some(least))
        .map(|(entry, _)| entry.case.variant.as_str())
        .collect();
    let (calls, bytes) = least;
    if best.len() == entries.len() {
        return match calls {
            0 => "none of them allocates".to_owned(),
            _ => "all allocate the same".to_owned(),
        };
    }
    let (never, least) = match best.len() {
        1 => ("never allocates", "allocates least"),
        _ => ("never allocate", "allocate least"),
    };
    let what = match calls {
        0 => never.to_owned(),
        calls => format!(
            "{least} ({}, {})",
            format::plural(usize::try_from(calls).unwrap_or(usize::MAX), "call"),
            cell::number(Metric::Bytes, bytes)
        ),
    };
    format!("{} {what}", list(&best))
}

/// Which answers are fastest: the one with the smallest median, and all whose intervals overlap
/// with its interval.
fn fastest(entries: &[&Entry]) -> Option<String> {
    let timed: Vec<(&str, &Time)> = entries
        .iter()
        .filter_map(|entry| Some((entry.case.variant.as_str(), entry.time.as_ref()?)))
        .collect();
    let (_, best) = timed.iter().min_by_key(|(_, time)| time.median)?;
    let high = best.interval.map_or(best.median, |interval| interval.high);
    let low = |time: &Time| time.interval.map_or(time.median, |interval| interval.low);
    let close: Vec<&str> = timed
        .iter()
        .filter(|(_, time)| low(time) <= high)
        .map(|(variant, _)| *variant)
        .collect();
    if close.len() == entries.len() {
        return Some("no significant difference in time".to_owned());
    }
    let are = if close.len() == 1 { "is" } else { "are" };
    Some(format!(
        "{} {are} fastest: {}",
        list(&close),
        timing::short(best)
    ))
}

/// As in `a, b and c`; only the first three of more than four.
fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match &quoted[..] {
        [] => String::new(),
        [one] => one.clone(),
        [first, .., last] if quoted.len() <= 4 => {
            let middle: String = quoted[1..quoted.len() - 1]
                .iter()
                .map(|name| format!(", {name}"))
                .collect();
            format!("{first}{middle} and {last}")
        }
        [first, second, third, ..] => {
            let others = format::plural(quoted.len() - 3, "other");
            format!("{first}, {second}, {third} and {others}")
        }
        _ => quoted.join(" and "),
    }
}

#[cfg(test)]
mod tests {
    use super::{list, ratio, sentence};
    use heapmark_model::analysis::planted::entry;
    use heapmark_model::record::{Entry, Metric, Value};

    fn answer(variant: &str, allocs: i64, bytes: i64) -> Entry {
        let mut entry = entry("a/x");
        entry.case.variant = variant.to_owned();
        entry.metrics.insert(Metric::Allocs, Value::exact(allocs));
        entry.metrics.insert(Metric::Reallocs, Value::exact(0));
        entry.metrics.insert(Metric::Bytes, Value::exact(bytes));
        entry
    }

    #[test]
    fn calls_come_before_bytes() {
        let (few, many) = (answer("few", 1, 4096), answer("many", 2, 8));
        assert_eq!(
            sentence(Some(8), &[&many, &few]),
            "At size 8, `few` allocates least (1 call, 4.00 KiB)."
        );
    }

    #[test]
    fn answers_that_never_allocate_are_named_and_equal_ones_are_not() {
        let none = [answer("a", 0, 0), answer("b", 0, 0), answer("c", 1, 8)];
        let all: Vec<&Entry> = none.iter().collect();
        assert_eq!(sentence(None, &all), "`a` and `b` never allocate.");
        assert_eq!(sentence(None, &all[..2]), "None of them allocates.");
        assert_eq!(sentence(None, &[all[2], all[2]]), "All allocate the same.");
    }

    #[test]
    fn many_names_are_cut_and_ratios_are_short() {
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(&["a", "b", "c", "d"]), "`a`, `b`, `c` and `d`");
        assert_eq!(
            list(&["a", "b", "c", "d", "e"]),
            "`a`, `b`, `c` and 2 others"
        );
        assert_eq!(
            (ratio(1.84), ratio(120.4)),
            ("×1.8".to_owned(), "×120".to_owned())
        );
    }
}
