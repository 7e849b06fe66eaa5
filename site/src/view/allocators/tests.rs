//! Tests of the page about allocators.

use super::*;
use heapmark_model::analysis::planted;
use heapmark_model::record::{Allocator, AllocatorCase, AllocatorHeld, AllocatorTurn};

fn sample(median: u64) -> Sample {
    Sample {
        min: median - median / 20,
        median,
        max: median + median / 20,
    }
}

fn result(allocator: &str, again: bool, cpu: u64, usable: Option<u64>) -> AllocatorResult {
    AllocatorResult {
        work: if usable.is_some() { "hold" } else { "work" }.to_owned(),
        allocator: allocator.to_owned(),
        again,
        cpu_nanoseconds: sample(cpu),
        minor_faults: sample(10),
        highest_resident: sample(4096),
        anonymous_after: sample(4096),
        held: usable.map(|usable| AllocatorHeld {
            requested: 100,
            usable: (usable > 0).then_some(usable),
            resident: 110,
            requested_after: 50,
            resident_after: 100,
        }),
    }
}

/// `system` takes 100, and `quick` takes as much as the argument states.
fn measurement(quick: u64) -> AllocatorRecord {
    let run = planted::run(&["a/x"]);
    let named = |name: &str| Allocator {
        name: name.to_owned(),
        version: None,
    };
    AllocatorRecord {
        provenance: (&run).into(),
        processes: 5,
        allocators: vec![named("system"), named("quick")],
        results: vec![
            result("system", false, 100, None),
            result("system", true, 102, None),
            result("quick", false, quick, None),
            result("system", false, 100, Some(120)),
            result("quick", false, 100, Some(0)),
        ],
        cases: Vec::new(),
    }
}

fn case(variant: &str, question: Option<&str>, turns: [&[u64]; 3]) -> AllocatorCase {
    let turn = |(allocator, again, times): (&str, bool, &[u64])| AllocatorTurn {
        allocator: allocator.to_owned(),
        again,
        picoseconds: times.to_vec(),
    };
    let [system, quick, again] = turns;
    AllocatorCase {
        id: format!("some_group/{variant}"),
        group: "some_group".to_owned(),
        question: question.map(str::to_owned),
        turns: [
            ("system", false, system),
            ("quick", false, quick),
            ("system", true, again),
        ]
        .map(turn)
        .to_vec(),
    }
}

fn cell(quick: u64) -> HeatCell {
    let page = page(&[measurement(quick)]).unwrap();
    page.tables[0].rows[0].cells[1].clone()
}

#[test]
fn a_cell_is_coloured_by_its_factor_if_the_samples_do_not_overlap() {
    for (quick, text, heat) in [
        (40, "0.40×", "less3"),
        (70, "0.70×", "less2"),
        (85, "0.85×", "less1"),
        (97, "0.97×", ""),
        (120, "1.20×", "more1"),
        (150, "1.50×", "more2"),
        (300, "3.00×", "more3"),
    ] {
        let cell = cell(quick);
        assert_eq!((&*cell.text, cell.heat), (text, heat));
    }
}

#[test]
fn a_cell_that_differs_from_only_one_run_of_the_first_has_no_colour() {
    let mut measurement = measurement(80);
    let heat = |measurement: &AllocatorRecord| {
        page(std::slice::from_ref(measurement)).unwrap().tables[0].rows[0].cells[1].heat
    };
    assert_eq!(heat(&measurement), "less2");
    measurement.results[1].cpu_nanoseconds = sample(82);
    assert_eq!(heat(&measurement), "");
}

#[test]
fn a_number_that_cannot_be_measured_is_a_dash_and_never_zero() {
    let page = page(&[measurement(40)]).unwrap();
    let internal = &page.tables[4].rows[0];
    assert_eq!(internal.cells[0].text, "1.20×");
    assert_eq!(internal.cells[1].text, "—");
}

#[test]
fn the_sentences_state_which_takes_least_and_the_noise_of_the_first() {
    let page = page(&[measurement(50)]).unwrap();
    assert_eq!(
        page.findings[0],
        "Least CPU time (median) in 1 kind of fixed work: quick in 1."
    );
    assert!(
        page.findings[1].ends_with("quick 0.50×."),
        "{:?}",
        page.findings
    );
    let noise =
        "up to 1.02×. If these two runs were compared like different allocators, 0 of 1 kind";
    assert!(page.notes[1].contains(noise), "{:?}", page.notes);
}

#[test]
fn a_group_is_the_geometric_mean_of_its_cases_next_to_the_noise_of_the_first() {
    let measurement = AllocatorRecord {
        cases: vec![
            // In the first round, half and twice as much cancel out; in the second, both are half.
            case("a", None, [&[1000, 1000], &[500, 500], &[1010, 990]]),
            case(
                "b",
                Some("which"),
                [&[1000, 1000], &[2000, 500], &[1010, 990]],
            ),
        ],
        ..measurement(100)
    };
    let page = page(&[measurement]).unwrap();
    let rows: Vec<(&str, &str, &str, &str)> = page.tables[..2]
        .iter()
        .flat_map(|table| &table.rows)
        .map(|row| {
            let [first, quick] = &row.cells[..] else {
                panic!("{row:?}")
            };
            (&row.work[..], &first.text[..], &quick.title[..], quick.heat)
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("some group", "0.99×–1.01×", "0.50×–1.00×", ""),
            ("which", "0.99×–1.01×", "0.50×–2.00×", ""),
        ]
    );
    assert!(
        page.findings[0].starts_with("Time of the suite's 2 cases relative to system"),
        "{:?}",
        page.findings
    );
}

#[test]
fn a_group_is_coloured_only_outside_of_the_range_of_the_second_run() {
    for (quick, again, heat) in [
        (&[900, 950][..], &[990, 1010][..], "less1"),
        (&[900, 950], &[940, 1010], ""),
        (&[900, 1001], &[1010, 1020], ""),
        (&[1100, 1200], &[990, 1010], "more1"),
    ] {
        let measurement = AllocatorRecord {
            cases: vec![case("a", None, [&[1000, 1000], quick, again])],
            ..measurement(100)
        };
        let page = page(&[measurement]).unwrap();
        assert_eq!(
            page.tables[0].rows[0].cells[1].heat, heat,
            "{quick:?} {again:?}"
        );
    }
}
