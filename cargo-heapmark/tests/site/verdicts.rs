//! Verdicts on the pages: headline, tiles, table and data agree, and each run has the right base.

use heapmark_model::history::History;
use heapmark_model::record::{Expected, Failure, Metric, Run};
use heapmark_site::view::{self, Input};
use serde_json::Value;

use crate::page::{render, render_input};
use crate::synthetic::{GROUPS, entry_of, history, run, set};

const JOIN: &str = "string_allocations/string_join";
const NESTED: &str = "vec_allocations/vec_nested";
const SMALL: &str = "allocation_sizes/vec_alloc/64";
const LEAK: &str = "leak_patterns/unbounded_cache_growth";

/// Three runs, the last with one case that allocates more, one less, and one that retains.
fn planted() -> Vec<Run> {
    let mut runs = history(3);
    let last = &mut runs[2];
    set(last, JOIN, Metric::Allocs, 2);
    set(last, NESTED, Metric::Bytes, 1);
    set(last, SMALL, Metric::Retained, 64);
    runs
}

fn headline(runs: &[Run]) -> String {
    let site = view::site(&Input {
        history: &History::from_runs(runs),
        unrecorded: None,
        ..Input::default()
    });
    site.index.headline
}

fn counts(site: &Value) -> [u64; 4] {
    ["more", "less", "retains", "same"].map(|key| site[key].as_u64().expect("a count"))
}

#[test]
fn headline_tiles_table_and_data_agree() {
    let site = render(&planted());
    let index = site.json("index.json");
    let data = site.json("data.json");
    // Two cases count as more, because retaining more is also worse.
    assert_eq!(counts(&index["counts"]), [2, 1, 1, 4]);
    assert_eq!(index["counts"], data["counts"]);
    let tiles: Vec<&str> = index["tiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["number"].as_str().unwrap())
        .collect();
    assert_eq!(tiles, ["2", "1", "1", "4"]);
    let html = site.text("index.html");
    let (_, table) = html
        .split_once("<table data-filter class=\"cases\">")
        .unwrap();
    for (glyph, count) in [("▲", 2), ("▼", 1), ("◆", 1), ("=", 4)] {
        let sign = format!("<span class=\"glyph\" aria-hidden=\"true\">{glyph}</span>");
        assert_eq!(table.matches(&sign).count(), count, "{glyph}");
    }
    let words = data["entries"].as_array().unwrap().iter();
    let more = words.filter(|entry| entry["status"][0] == "more").count();
    assert_eq!(more, 2);
}

#[test]
fn the_headline_is_a_computed_sentence() {
    let runs = planted();
    let base = &runs[1].commit.sha[..7];
    let sentence = "2 cases allocate more and 1 less than BASE; 4 are the same; 1 retains memory.";
    assert_eq!(headline(&runs), sentence.replace("BASE", base));
    let calm = headline(&history(3));
    assert_eq!(calm, format!("7 cases allocate the same as {base}."));
}

#[test]
fn intentional_leaks_do_not_count_in_the_headline() {
    let mut runs = history(2);
    set(&mut runs[1], LEAK, Metric::Retained, 4096);
    let site = render(&runs);
    let index = site.json("index.json");
    assert_eq!(counts(&index["counts"]), [0, 0, 0, 7]);
    assert_eq!(index["counts"]["intentional_leaks"], 1);
    assert!(site.text("index.html").contains("◇</span> changed</span>"));
}

#[test]
fn the_page_of_a_case_states_what_changed_and_since_which_run() {
    let runs = planted();
    let site = render(&runs);
    let case = site.json(&format!("case/{JOIN}.json"));
    let base = &runs[1].commit.sha[..7];
    let verdict = format!("Compared with {base} of 2026-01-02: allocs 1 → 2 (+1).");
    assert_eq!(case["verdict"], verdict);
    let same = site.json("case/allocation_sizes/vec_alloc/65536.json");
    assert_eq!(
        same["verdict"],
        format!("Exactly the same as {base} of 2026-01-02.")
    );
}

#[test]
fn another_compiler_is_named_instead_of_a_verdict() {
    let mut runs = planted();
    runs[2].toolchain.rustc = "1.96.0".to_owned();
    let site = render(&runs);
    let index = site.json("index.json");
    assert_eq!(counts(&index["counts"]), [0, 0, 1, 0]);
    assert!(
        index["headline"]
            .as_str()
            .unwrap()
            .contains("not comparable with")
    );
    let lead = index["lead"].as_str().unwrap();
    assert!(
        lead.contains("the compiler changed from 1.95.0 to 1.96.0"),
        "{lead}"
    );
    let case = site.text(&format!("case/{JOIN}.html"));
    let before_the_third_run = "<path class=\"mark\" d=\"M666.7 4V124\"/>";
    assert!(case.contains(before_the_third_run), "the step is marked");
}

#[test]
fn the_base_is_the_latest_comparable_run_and_not_just_the_latest() {
    let mut runs = planted();
    runs[1].toolchain.rustc = "1.94.0".to_owned();
    assert!(headline(&runs).contains(&runs[0].commit.sha[..7]));
}

#[test]
fn measuring_a_commit_again_keeps_the_comparison_with_the_one_before() {
    let mut runs = planted();
    let mut again = runs[2].clone();
    again.measured_at = "2026-02-01T00:00:00Z".to_owned();
    runs.push(again);
    assert!(headline(&runs).contains(&runs[1].commit.sha[..7]));
}

#[test]
fn other_machines_are_named_and_not_mixed_in() {
    let mut runs = history(2);
    let mut other = run(1, &GROUPS);
    other.machine.id = "arm-4-cores".to_owned();
    other.commit.committed_at = "2020-01-01T00:00:00Z".to_owned();
    set(&mut other, JOIN, Metric::Allocs, 99);
    runs.push(other);
    let site = render(&runs);
    assert_eq!(counts(&site.json("index.json")["counts"])[0], 0);
    assert!(site.text("index.html").contains("arm-4-cores"));
    assert_eq!(
        site.json(&format!("case/{JOIN}.json"))["history"][0]["runs"],
        2
    );
}

#[test]
fn failures_are_shown_and_are_not_called_removed() {
    let mut runs = history(2);
    runs[1].entries.retain(|entry| entry.case.id != JOIN);
    runs[1].failures.push(Failure {
        id: JOIN.to_owned(),
        reason: "panicked: index out of bounds".to_owned(),
    });
    let site = render(&runs);
    let index = site.json("index.json");
    assert_eq!(index["counts"]["failed"], 1);
    assert_eq!(index["counts"]["removed"], 0);
    assert!(
        site.text("index.html")
            .contains("panicked: index out of bounds")
    );
    assert!(
        site.text(&format!("case/{JOIN}.html"))
            .contains("Could not be counted")
    );
}

#[test]
fn a_case_that_no_longer_exists_is_removed_and_keeps_its_page() {
    let mut runs = history(2);
    runs[1].entries.retain(|entry| entry.case.id != JOIN);
    let site = render(&runs);
    assert_eq!(site.json("index.json")["counts"]["removed"], 1);
    assert!(
        site.text(&format!("case/{JOIN}.html"))
            .contains("no longer has this case")
    );
}

#[test]
fn a_run_of_some_cases_does_not_judge_the_others() {
    let mut runs = history(2);
    runs[1].entries.retain(|entry| entry.case.id == JOIN);
    runs[1].suite.filter = Some("join".to_owned());
    let site = render(&runs);
    let index = site.json("index.json");
    assert_eq!(counts(&index["counts"]), [0, 0, 0, 1]);
    assert_eq!(index["counts"]["removed"], 0);
    assert!(site.text("index.html").contains("match <code>join</code>."));
    assert!(
        site.text(&format!("case/{NESTED}.html"))
            .contains("Not part of the newest run")
    );
}

#[test]
fn a_run_that_was_not_stored_is_shown_as_the_newest() {
    let runs = history(2);
    let mut fresh = run(0, &GROUPS);
    fresh.commit.dirty = true;
    set(&mut fresh, JOIN, Metric::Allocs, 5);
    let site = render_input(&Input {
        history: &History::from_runs(&runs),
        unrecorded: Some(&fresh),
        ..Input::default()
    });
    assert_eq!(counts(&site.json("index.json")["counts"])[0], 1);
    let html = site.text("index.html");
    assert!(html.contains("This run was not recorded"));
    assert!(html.contains("uncommitted changes"));
}

#[test]
fn a_failed_assertion_is_on_the_front_page() {
    let mut runs = history(1);
    entry_of(&mut runs[0], JOIN).expected.push(Expected {
        claim: "bytes == 3".to_owned(),
        met: false,
    });
    let site = render(&runs);
    assert!(
        site.text("index.html")
            .contains("asserts <code>bytes == 3</code>, which does not hold")
    );
    assert_eq!(site.json("index.json")["counts"]["broken"], 1);
}
