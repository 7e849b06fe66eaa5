//! The page about toolchains, which exists only if a commit was measured with two of them.

use heapmark_model::history::History;
use heapmark_model::record::{Metric, Run};
use heapmark_site::view;

use crate::page::{Site, attributes, render};
use crate::synthetic::{history, set};

const JOIN: &str = "string_allocations/string_join";

/// Two stable runs, and one of the newer commit with a nightly that allocates `bytes` more.
pub fn beside(bytes: i64) -> Vec<Run> {
    let mut runs = history(2);
    let mut nightly = runs[1].clone();
    nightly.toolchain.rustc = "1.97.0-nightly".to_owned();
    nightly.measured_at = "2026-12-31T12:00:00Z".to_owned();
    let before = nightly.entries.iter().find(|entry| entry.case.id == JOIN);
    let before = before.and_then(|entry| entry.get(Metric::Bytes));
    set(
        &mut nightly,
        JOIN,
        Metric::Bytes,
        before.unwrap_or(0) + bytes,
    );
    runs.push(nightly);
    runs
}

fn site(bytes: i64) -> Site {
    render(&beside(bytes))
}

#[test]
fn the_stable_history_stays_in_front_and_leads_to_what_differs() {
    let site = site(24);
    let index = site.text("index.html");
    assert!(index.contains("href=\"toolchains.html\""));
    assert!(
        !index.contains("<dd>1.97.0-nightly"),
        "the front page must not show the run with nightly"
    );
    let page = site.text("toolchains.html");
    assert!(page.contains(
        "Under 1.97.0-nightly, 1 of 8 cases has exact counts that differ from those under 1.95.0."
    ));
    assert!(page.contains("<td class=\"number\">+24 B</td>"), "{page}");
    assert!(attributes(page, "href").contains(&"case/string_allocations/string_join.html"));
}

#[test]
fn a_toolchain_that_changes_nothing_is_reported_as_such() {
    let site = site(0);
    let page = site.text("toolchains.html");
    assert!(page.contains(
        "Under 1.97.0-nightly, the exact counts of 8 cases are the same as under 1.95.0."
    ));
    assert!(!page.contains("<table"));
}

#[test]
fn runs_of_other_commits_are_not_compared() {
    let mut runs = beside(24);
    runs[2].commit.sha = "f".repeat(40);
    assert!(!render(&runs).files.contains_key("toolchains.html"));
}

#[test]
fn the_records_that_the_page_needs_are_read_completely() {
    let runs = beside(24);
    let wanted = view::wanted(&History::from_runs(&runs), None);
    assert!(wanted.contains(&2), "{wanted:?}");
}
