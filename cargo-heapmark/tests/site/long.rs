//! Histories of many runs: pages stay small, and their data files contain every run.

use heapmark_model::record::{Instability, Interval, Metric, Run, Time};

use crate::page::{attributes, between, render};
use crate::synthetic::{self, entry_of, sample, set};

const ID: &str = "a/x";

/// Runs of one case in which every chart changes at every run.
fn restless(runs: u64) -> Vec<Run> {
    let run = |number: u64| {
        let mut run = synthetic::run(number, &[("a", &["x"])]);
        let value = (number * 7919 % 101) as i64;
        for metric in Metric::ALL {
            set(&mut run, ID, metric, value);
        }
        sample(
            &mut run,
            ID,
            Metric::Peak,
            value,
            Instability::RepetitionsDiffer,
        );
        entry_of(&mut run, ID).time = Some(Time {
            median: 18_000 + number * 7919 % 101,
            interval: Some(Interval {
                low: 17_900,
                high: 18_200,
            }),
            launches: Vec::new(),
            disturbed: 0,
        });
        run
    };
    (0..runs).map(run).collect()
}

#[test]
fn five_times_the_runs_make_no_larger_page() {
    let page = |runs| render(&restless(runs)).text("case/a/x.html").to_owned();
    let (short, long) = (page(1500), page(7500));
    assert!(
        long.len() < short.len() * 5 / 4,
        "{} {}",
        short.len(),
        long.len()
    );
    let elements = |html: &str| html.matches('<').count() - html.matches("</").count();
    assert_eq!(elements(&short), elements(&long));
}

#[test]
fn the_data_of_a_case_contains_every_run_even_if_the_page_merges_some() {
    let site = render(&restless(4000));
    let data = site.text("data/a/x.js");
    let allocs = between(data, "\"allocs\":[[", "]],");
    assert_eq!(allocs.split("],[").count(), 4000);
    let median = between(data, "\"median\":[", "]");
    assert_eq!(median.split(',').count(), 4000);
    let commits = between(site.text("commits.js"), "\"sha\":[", "]");
    assert_eq!(commits.split(',').count(), 4000);
}

#[test]
fn every_history_chart_states_where_its_data_is() {
    let site = render(&restless(3));
    let html = site.text("case/a/x.html");
    let metrics = attributes(html, "data-metric");
    assert_eq!(
        metrics.len(),
        html.matches("<figure data-history=\"a/x\"").count()
    );
    assert_eq!((metrics[0], metrics[metrics.len() - 1]), ("allocs", "time"));
    assert!(
        attributes(html, "data-runs")
            .iter()
            .all(|runs| *runs == "3")
    );
    assert!(site.files.contains_key("data/a/x.js"));
}

#[test]
fn runs_without_a_case_are_a_gap_in_its_lines() {
    let mut runs = restless(4);
    runs[1].entries.clear();
    let site = render(&runs);
    let data = site.text("data/a/x.js");
    assert!(data.contains("\"run\":[0,2,1]"), "{data}");
    let html = site.text("case/a/x.html");
    let history = between(html, "data-metric=\"allocs\"", "</figure>");
    let line = between(history, "<path class=\"line\" d=\"", "\"");
    assert_eq!(line.matches('M').count(), 2, "{line}");
}

#[test]
fn histories_of_one_value_and_of_the_largest_values_have_a_chart() {
    let mut runs = restless(2);
    set(&mut runs[0], ID, Metric::Bytes, i64::MIN);
    set(&mut runs[1], ID, Metric::Bytes, i64::MAX);
    for run in &mut runs {
        entry_of(run, ID).time.as_mut().unwrap().median = u64::MAX;
    }
    for runs in [&runs[..], &runs[..1]] {
        let html = render(runs).text("case/a/x.html").to_owned();
        assert!(!html.contains("NaN") && !html.contains("inf"));
        assert!(html.contains("<path class=\"band\""));
    }
}
