//! Formats the counts of a case as one line for the terminal.

use std::collections::BTreeMap;

use heapmark_model::format::{bytes, count};
use heapmark_model::record::{Instability, Metric, Unit, Value};

/// The counts of a case in one line, as in
/// `[1 alloc  1 free  0 reallocs  5 B  peak 5 B  retained 0 B] exact`.
pub(super) fn heap_line(metrics: &BTreeMap<Metric, Value>) -> String {
    let shown: Vec<String> = Metric::HEADLINE
        .iter()
        .filter_map(|metric| Some(word(*metric, metrics.get(metric)?)))
        .collect();
    let instability = Metric::HEADLINE
        .iter()
        .find_map(|metric| metrics.get(metric)?.why);
    let verdict = instability.map_or("exact", |instability| match instability {
        Instability::OtherThreads => "~ varies: other threads allocate",
        Instability::RepetitionsDiffer => "~ varies: iterations differ",
        Instability::ProcessesDiffer => "~ varies: processes differ",
        Instability::ControlDisagrees => "~ varies: stats_alloc counted differently",
        Instability::VariedBefore => "~ varies: an earlier run varied",
    });
    format!("[{}] {verdict}", shown.join("  "))
}

fn word(metric: Metric, value: &Value) -> String {
    let Some(number) = value.value else {
        return format!("{} unknown", metric.key());
    };
    let mark = if value.exact { "" } else { "~" };
    let number_in_unit = match metric.unit() {
        Unit::Count => count(number),
        Unit::Bytes => bytes(number),
    };
    match metric {
        Metric::Bytes => format!("{mark}{number_in_unit}"),
        Metric::Peak | Metric::Retained | Metric::DropBytes => {
            format!("{} {mark}{number_in_unit}", metric.key())
        }
        _ => {
            let plural = metric.key();
            let noun = if number == 1 {
                plural.trim_end_matches('s')
            } else {
                plural
            };
            format!("{mark}{number_in_unit} {noun}")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::heap_line;
    use heapmark_model::record::{Instability, Metric, Spread, Value};

    #[test]
    fn exact_counts_and_one_that_varies_are_marked_differently() {
        let mut metrics: BTreeMap<Metric, Value> = Metric::HEADLINE
            .into_iter()
            .map(|metric| (metric, Value::exact(1)))
            .collect();
        assert_eq!(
            heap_line(&metrics),
            "[1 alloc  1 free  1 realloc  1 B  peak 1 B  retained 1 B] exact"
        );
        let sampled = Value {
            value: Some(2_000),
            exact: false,
            spread: Some(Spread { min: 1, max: 3_000 }),
            why: Some(Instability::RepetitionsDiffer),
            rate: None,
        };
        metrics.insert(Metric::Allocs, sampled);
        let line = heap_line(&metrics);
        assert!(line.starts_with("[~2,000 allocs"), "{line}");
        assert!(line.ends_with("~ varies: iterations differ"), "{line}");
    }
}
