//! Tests of the page about contention.

use super::*;
use heapmark_model::analysis::planted;

fn sample(median: u64) -> Sample {
    Sample {
        min: median - median / 20,
        median,
        max: median + median / 20,
    }
}

fn result(variant: &str, threads: u32, again: bool, time: u64) -> ContentionResult {
    ContentionResult {
        question: "count".to_owned(),
        variant: variant.to_owned(),
        threads,
        again,
        wall_picoseconds: sample(time),
        cpu_picoseconds: sample(2 * time),
        allocations_per_thousand: sample(0),
    }
}

/// A lock that takes 10 ns, and another answer that takes `other` picoseconds on two threads.
fn measurement(other: u64) -> ContentionRecord {
    let run = planted::run(&["a/x"]);
    ContentionRecord {
        provenance: (&run).into(),
        processes: 5,
        results: vec![
            result("lock", 1, false, 10_000),
            result("lock", 2, false, 10_000),
            result("lock", 1, true, 10_100),
            result("lock", 2, true, 10_200),
            result("other", 1, false, 10_000),
            result("other", 2, false, other),
        ],
    }
}

#[test]
fn an_answer_is_coloured_and_named_alone_if_it_differs_from_both_runs_of_the_first() {
    for (other, heat, named) in [
        (4_000, "less3", "\u{201c}other\u{201d} is fastest (4.00 ns"),
        (
            10_500,
            "",
            "\u{201c}lock\u{201d} and \u{201c}other\u{201d} are fastest (10.0 ns",
        ),
        (30_000, "more3", "\u{201c}lock\u{201d} is fastest (10.0 ns"),
    ] {
        let page = page(&[measurement(other)]).unwrap();
        let rows = &page.tables[0].rows;
        assert_eq!(rows[1].cells[1].heat, heat, "{other}");
        assert_eq!(rows[1].cells[0].heat, "", "as long as the first");
        let said = &page.findings[0];
        assert!(said.starts_with("Count, on 2 threads: "), "{said}");
        assert!(said.contains(named), "{said}");
    }
}

#[test]
fn the_difference_of_the_first_from_itself_is_stated() {
    let page = page(&[measurement(4_000)]).unwrap();
    let notes = page.notes.join(" ");
    assert!(notes.contains("a factor of up to 1.02×"), "{notes}");
    assert!(notes.contains("0 of 2 cells would be coloured"), "{notes}");
}
