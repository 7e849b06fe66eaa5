//! The page of a group: answers to a question are next to each other on one scale.

use heapmark_model::record::{Run, Time};

use crate::page::{Site, attributes, render};
use crate::synthetic::run;

const PAGE: &str = "group/sizes.html";

/// A question with two answers at these sizes. The time of one is the square of the size, that of
/// the other is constant. The timeline of a case reaches 64 B or more, depending on its name.
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
        "Time over size from 10 to 1,000, both axes logarithmic: square as n^2.00, flat as n^0.00.";
    assert!(attributes(site.text(PAGE), "aria-label").contains(&label));
    assert!(site.text(PAGE).contains(">square n^2.00</text>"));
}

#[test]
fn sizes_that_show_no_growth_are_not_drawn() {
    for sizes in [&[10, 1000][..], &[12, 24, 40]] {
        let site = page(sizes);
        assert!(!site.text(PAGE).contains("Time over size"), "{sizes:?}");
    }
}

#[test]
fn timelines_of_one_size_share_the_scale_of_the_highest() {
    let site = page(&[10]);
    let json = site.json("group/sizes.json");
    let rows = json["sections"][0]["rows"].as_array().unwrap();
    let of = |key: &str| -> Vec<i64> {
        rows.iter()
            .map(|row| match key {
                "high" => row["timeline"]["high"].as_i64().unwrap(),
                _ => {
                    let points = row["timeline"]["points"].as_array().unwrap();
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
    assert_ne!(peaks[0], peaks[1], "the two timelines differ");
    let most = *peaks.iter().max().unwrap();
    assert_eq!(of("high"), [most, most]);
    let scaled = attributes(site.text(PAGE), "aria-label");
    let scaled = scaled
        .iter()
        .filter(|label| label.contains("The scale reaches"));
    assert_eq!(
        scaled.count(),
        1,
        "the lower timeline states that it shares a scale"
    );
}
