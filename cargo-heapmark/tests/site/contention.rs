//! The page about contention, which exists only if it was measured.

use heapmark_model::history::History;
use heapmark_model::record::ContentionRecord;
use heapmark_site::view;
use serde_json::json;

use crate::page::{Site, attributes, render_input};
use crate::synthetic;

/// A lock, and an answer with a hostile name that takes half as long, on one to eight threads.
pub fn measurement() -> ContentionRecord {
    let run = serde_json::to_value(&synthetic::history(1)[0]).expect("a record is JSON");
    let sample = |median: u64| json!({"min": median, "median": median, "max": median});
    let result = |variant: &str, threads: u32, again: bool, time: u64| {
        json!({
            "question": "<b>count", "variant": variant, "threads": threads, "again": again,
            "wall_picoseconds": sample(time), "cpu_picoseconds": sample(2 * time),
            "allocations_per_thousand": sample(1_063),
        })
    };
    let results: Vec<_> = [1, 2, 8]
        .into_iter()
        .flat_map(|threads| {
            [
                result("lock", threads, false, 10_000),
                result("lock", threads, true, 10_000),
                result("</script>free", threads, false, 10_000 / u64::from(threads)),
            ]
        })
        .collect();
    serde_json::from_value(json!({
        "schema": run["schema"], "heapmark": run["heapmark"], "commit": run["commit"],
        "measured_at": run["measured_at"], "machine": run["machine"],
        "toolchain": run["toolchain"], "processes": 5, "results": results,
    }))
    .expect("the keys of a measurement")
}

fn site(measurements: &[ContentionRecord]) -> Site {
    let runs = synthetic::history(2);
    render_input(&view::Input {
        history: &History::from_runs(&runs),
        contention: measurements,
        ..view::Input::default()
    })
}

#[test]
fn every_page_links_to_it_if_it_was_measured_and_otherwise_none() {
    let (with, without) = (site(&[measurement()]), site(&[]));
    for (path, html) in with.pages() {
        assert!(html.contains("contention.html\""), "{path}");
    }
    assert!(!without.files.contains_key("contention.html"));
    for (path, html) in without.pages() {
        assert!(!html.contains("contention.html\""), "{path}");
    }
}

#[test]
fn a_cell_shows_its_time_and_its_details_and_names_are_text() {
    let site = site(&[measurement()]);
    let html = site.text("contention.html");
    let title = "0.12× the time of \u{201c}lock\u{201d}; 1.25 ns in every process; CPU time 2.50 ns; 1.06 blocks per iteration";
    assert!(attributes(html, "title").contains(&title), "{html}");
    assert!(html.contains(&format!(
        "<td class=\"number less3\" title=\"{title}\">1.25 ns</td>"
    )));
    assert!(html.contains(
        "on 8 threads: \u{201c}&lt;/script&gt;free\u{201d} is fastest (1.25 ns per iteration)."
    ));
    assert!(!html.contains("</script>free") && !html.contains("<b>count"));
}

#[test]
fn times_are_drawn_over_threads_with_their_exponent() {
    let site = site(&[measurement()]);
    let label = "Time of an iteration over threads from 1 to 8, both axes logarithmic: lock as \
                 n^0.00, &lt;/script&gt;free as n^\u{2212}1.00.";
    let labels = attributes(site.text("contention.html"), "aria-label");
    assert!(labels.contains(&label), "{labels:?}");
}
