//! Rules for all pages: links, charts, data files, and pages of short, long and odd histories.

use heapmark_model::history::History;
use heapmark_model::record::{Failure, Instability, Metric, Value};
use heapmark_site::view::{self, Input};

use crate::page::{attributes, between, render, render_input, resolve};
use crate::synthetic::{self, GROUPS, entry_of, history, sample, set};

#[test]
fn equal_runs_give_equal_bytes_in_any_order() {
    let runs = history(5);
    let mut shuffled = runs.clone();
    shuffled.rotate_left(2);
    shuffled.swap(0, 1);
    assert!(render(&runs).files == render(&runs).files);
    assert!(render(&runs).files == render(&shuffled).files);
    let mut other = runs.clone();
    set(
        &mut other[4],
        "vec_allocations/vec_nested",
        Metric::Bytes,
        7,
    );
    assert!(render(&runs).files != render(&other).files);
}

#[test]
fn every_link_leads_to_a_file_of_the_site() {
    let mut runs = history(3);
    runs[2].failures.push(Failure {
        id: "never/seen".to_owned(),
        reason: "panicked".to_owned(),
    });
    runs[2]
        .entries
        .retain(|entry| entry.case.group != "vec_allocations");
    let site = render(&runs);
    let mut links = 0;
    for (path, html) in site.pages() {
        for name in ["href", "src"] {
            for href in attributes(html, name) {
                assert!(!href.contains("://"), "{path} links outside: {href}");
                let Some(target) = resolve(path, href) else {
                    if href.starts_with("data:") {
                        continue;
                    }
                    let id = format!("id=\"{}\"", href.trim_start_matches('#'));
                    assert!(html.contains(&id), "{path} has nothing at {href}");
                    continue;
                };
                assert!(site.files.contains_key(&target), "{path} links to {target}");
                links += 1;
            }
        }
    }
    assert!(links > 100, "only {links} links were found");
}

#[test]
fn every_case_and_group_has_a_page_that_is_linked_from_the_front_page() {
    let site = render(&history(2));
    let links = attributes(site.text("index.html"), "href").join("\n");
    for (group, cases) in GROUPS {
        assert!(links.contains(&format!("group/{group}.html")));
        for case in cases {
            assert!(links.contains(&format!("case/{group}/{case}.html")));
        }
    }
}

#[test]
fn no_page_breaks_its_own_policy() {
    for (path, html) in render(&history(3)).pages() {
        assert!(html.contains("default-src 'self'"), "{path}");
        assert!(!html.contains(" style="), "{path} has an inline style");
        assert!(!html.contains("<style"), "{path} has an inline sheet");
        assert_eq!(
            html.matches("<script").count(),
            2,
            "{path}: one a hash allows, one file"
        );
        assert!(html.contains("script-src 'self' 'sha256-"), "{path}");
        assert!(
            html.starts_with("<!doctype html>\n<html lang=\"en\">"),
            "{path}"
        );
    }
}

#[test]
fn every_chart_states_what_it_shows() {
    let site = render(&history(3));
    let mut charts = 0;
    for (path, html) in site.pages() {
        for chart in html.split("role=\"img\"").skip(1) {
            let label = between(chart, "aria-label=\"", "\"");
            assert!(label.len() > 10, "{path}: {label}");
            charts += 1;
        }
    }
    assert!(charts > GROUPS.len() * 3);
}

#[test]
fn every_axis_has_at_least_three_ticks() {
    let site = view::site(&Input {
        history: &History::from_runs(&history(1)),
        unrecorded: None,
        ..Input::default()
    });
    for case in &site.cases {
        let timeline = case.timeline.iter().map(|chart| &chart.axis);
        for axis in timeline.chain(case.history.iter().map(|chart| &chart.axis)) {
            assert!(axis.ticks.len() >= 3, "{}: {axis:?}", case.id);
        }
    }
}

#[test]
fn every_page_has_its_model_next_to_it() {
    let site = render(&history(2));
    let pages: Vec<String> = site.pages().map(|(path, _)| path.to_owned()).collect();
    for path in pages {
        let model = site.json(&path.replace(".html", ".json"));
        assert_eq!(model["page"]["path"], path.as_str());
    }
}

#[test]
fn the_table_for_spreadsheets_has_one_line_per_case() {
    let site = render(&history(1));
    let lines: Vec<&str> = site.text("data.csv").lines().collect();
    let cases: usize = GROUPS.iter().map(|(_, cases)| cases.len()).sum();
    assert_eq!(lines.len(), cases + 1);
    let columns = |line: &str| line.split(',').count();
    assert!(lines.iter().all(|line| columns(line) == columns(lines[0])));
}

#[test]
fn without_a_run_the_front_page_states_how_to_make_one() {
    let skipped = ["results/x.json is broken; see docs/format.md".to_owned()];
    let site = render_input(&Input {
        history: &History::from_runs(&[]),
        unrecorded: None,
        skipped: &skipped,
        ..Input::default()
    });
    let index = site.text("index.html");
    assert!(index.contains("cargo heapmark report"));
    assert!(index.contains("results/x.json is broken"));
    assert!(!site.files.contains_key("data.json"));
}

#[test]
fn the_first_run_has_nothing_to_compare_with() {
    let site = render(&history(1));
    let headline = site.json("index.json")["headline"].clone();
    assert_eq!(
        headline,
        "8 cases measured, all exact; no earlier run to compare with."
    );
    assert!(
        site.text("case/allocation_sizes/vec_alloc/64.html")
            .contains("<path class=\"line\"")
    );
}

#[test]
fn a_history_without_change_is_one_flat_line() {
    let site = render(&history(4));
    let case = site.json("case/vec_allocations/vec_nested.json");
    assert_eq!(case["history"][0]["stretches"], 1);
    let data = site.text("data/vec_allocations/vec_nested.js");
    assert!(data.contains("\"allocs\":[[0,4,1,1]]"), "{data}");
    assert_eq!(case["history"][0]["runs"], 4);
}

#[test]
fn a_sampled_number_is_marked_with_its_reason() {
    let id = "string_allocations/string_join";
    let mut runs = history(3);
    sample(
        &mut runs[2],
        id,
        Metric::Bytes,
        900,
        Instability::ProcessesDiffer,
    );
    let site = render(&runs);
    let html = site.text("case/string_allocations/string_join.html");
    assert!(html.contains("<span class=\"tilde\" aria-label=\"varies\">~</span>900 B"));
    assert!(html.contains("hash seeds"));
    assert!(html.contains("<path class=\"sampled\""));
    assert!(html.contains("Dotted lines are medians of values that vary"));
    let untouched = site.text("case/vec_allocations/vec_nested.html");
    assert!(!untouched.contains("<path class=\"sampled\""));
}

#[test]
fn an_unknown_peak_is_a_dash_and_not_a_zero() {
    let id = "string_allocations/string_join";
    let mut runs = history(1);
    let entry = entry_of(&mut runs[0], id);
    entry.other_threads = true;
    entry.timeline = None;
    let unknown = Value {
        value: None,
        exact: false,
        spread: None,
        why: Some(Instability::OtherThreads),
        rate: None,
    };
    entry.metrics.insert(Metric::Peak, unknown);
    let site = render(&runs);
    let case = site.json("case/string_allocations/string_join.json");
    assert_eq!(case["values"][4]["cell"]["text"], "—");
    assert_eq!(case["timeline"], serde_json::Value::Null);
    let html = site.text("case/string_allocations/string_join.html");
    assert!(html.contains("other threads allocate or free too"));
}

#[test]
fn a_timeline_that_is_missing_or_contradicts_itself_breaks_no_page() {
    let id = "string_allocations/string_join";
    let mut runs = history(1);
    let hash = entry_of(&mut runs[0], id).timeline.clone().unwrap();
    runs[0].timelines.remove(&hash);
    assert!(
        render(&runs)
            .text("case/string_allocations/string_join.html")
            .contains("No timeline")
    );
    let timeline = heapmark_model::record::Timeline {
        start: i64::MIN,
        events: 0,
        drop_at: u64::MAX,
        cut: true,
        at: Some(vec![u64::MAX]),
        live: vec![i64::MAX, i64::MIN],
    };
    runs[0].timelines.insert(hash, timeline);
    let html = render(&runs);
    assert!(
        html.text("case/string_allocations/string_join.html")
            .contains("not recorded")
    );
}

#[test]
fn the_page_names_the_command_that_measures_the_case_again() {
    let site = render(&history(1));
    let case = site.json("case/allocation_sizes/vec_alloc/64.json");
    assert_eq!(
        case["command"],
        "cargo bench -p heapmark --bench memory_benchmarks -- --exact allocation_sizes/vec_alloc/64"
    );
}

#[test]
fn a_long_history_stays_a_small_page() {
    let mut runs: Vec<_> = (0..2_000)
        .map(|number| synthetic::run(number, &[("vec_allocations", &["vec_nested"])]))
        .collect();
    for (index, run) in runs.iter_mut().enumerate() {
        let bytes = 512 + (index as i64 / 100) * 8;
        set(run, "vec_allocations/vec_nested", Metric::Bytes, bytes);
    }
    let site = render(&runs);
    let html = site.text("case/vec_allocations/vec_nested.html");
    assert!(html.len() < 60_000, "{} bytes", html.len());
}
