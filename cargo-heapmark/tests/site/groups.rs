//! The page of a group: answers to a question stand beside each other on one scale.

use heapmark_model::record::{Run, Time};

use crate::page::{Site, attributes, render};
use crate::synthetic::run;

const PAGE: &str = "group/sizes.html";

/// A question with two answers at these sizes: one takes the square of the size, one always as
/// long. The tape of a case reaches 64 B or more, by the length of its name.
fn answered(sizes: &[u64]) -> Run {
    let names: Vec<String> = ["square", "flat"]
        .iter()
        .flat_map(|name| sizes.iter().map(move |size| format!("{name}/{size}")))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut run = run(0, &[("sizes", &names)]);
    for entry in &mut run.entries {
        entry.case.question = Some("which".to_owned());
        let size = entry.case.parameter.unwrap_or(1);
        let median = if entry.case.variant == "square" {
            size * size
        } else {
            7_000
        };
        entry.time = Some(Time {
            median,
            interval: None,
            launches: vec![median],
            disturbed: 0,
        });
    }
    run
}

fn page(sizes: &[u64]) -> Site {
    render(&[answered(sizes)])
}

#[test]
fn times_over_sizes_are_drawn_with_their_exponent() {
    let site = page(&[10, 100, 1000]);
    let label =
        "Time over size from 10 to 1,000, both by factors: square as n^2.00, flat as n^0.00.";
    assert!(attributes(site.text(PAGE), "aria-label").contains(&label));
    assert!(site.text(PAGE).contains(">square n^2.00</text>"));
}

#[test]
fn sizes_that_tell_nothing_of_growth_are_not_drawn() {
    for sizes in [&[10, 1000][..], &[12, 24, 40]] {
        let site = page(sizes);
        assert!(!site.text(PAGE).contains("Time over size"), "{sizes:?}");
    }
}

#[test]
fn tapes_of_one_size_share_the_scale_of_the_highest() {
    let site = page(&[10]);
    let json = site.json("group/sizes.json");
    let rows = json["sections"][0]["rows"].as_array().unwrap();
    let of = |key: &str| -> Vec<i64> {
        rows.iter()
            .map(|row| match key {
                "high" => row["tape"]["high"].as_i64().unwrap(),
                _ => {
                    let points = row["tape"]["points"].as_array().unwrap();
                    points
                        .iter()
                        .map(|point| point[1].as_i64().unwrap())
                        .max()
                        .unwrap()
                }
            })
            .collect()
    };
    let peaks = of("peak");
    assert_ne!(peaks[0], peaks[1], "the two tapes differ");
    let most = *peaks.iter().max().unwrap();
    assert_eq!(of("high"), [most, most]);
    let scaled = attributes(site.text(PAGE), "aria-label");
    let scaled = scaled
        .iter()
        .filter(|label| label.contains("Drawn on a scale up to"));
    assert_eq!(
        scaled.count(),
        1,
        "the lower one says that it is not on its own"
    );
}
