//! The page about allocators, which exists only if allocators were compared.

use heapmark_model::history::History;
use heapmark_model::record::AllocatorRecord;
use heapmark_site::view;
use serde_json::json;

use crate::page::{Site, render_input};
use crate::synthetic;

/// A measurement of one workload with `system` and with `quick`, whose version is hostile text.
pub fn measurement() -> AllocatorRecord {
    let run = serde_json::to_value(&synthetic::history(1)[0]).expect("a record is JSON");
    let sample = |median: u64| json!({"min": median, "median": median, "max": median});
    let result = |allocator: &str, again: bool, cpu: u64| {
        json!({
            "work": "<b>work", "allocator": allocator, "again": again,
            "cpu_nanoseconds": sample(cpu), "minor_faults": sample(3),
            "highest_resident": sample(4096), "anonymous_after": sample(4096),
        })
    };
    serde_json::from_value(json!({
        "schema": run["schema"], "heapmark": run["heapmark"], "commit": run["commit"],
        "measured_at": run["measured_at"], "machine": run["machine"],
        "toolchain": run["toolchain"], "processes": 5,
        "allocators": [{"name": "system"}, {"name": "quick", "version": "1.0<script>"}],
        "results": [
            result("system", false, 1000), result("system", true, 1000),
            result("quick", false, 400),
        ],
        "cases": [{
            "id": "group/a", "group": "group", "question": "<i>which",
            "turns": [
                {"allocator": "system", "picoseconds": [1000, 1000]},
                {"allocator": "quick", "picoseconds": [700, 720]},
                {"allocator": "system", "again": true, "picoseconds": [1010, 990]},
            ],
        }],
    }))
    .expect("the keys of a measurement")
}

fn site(measurements: &[AllocatorRecord]) -> Site {
    let runs = synthetic::history(2);
    render_input(&view::Input {
        history: &History::from_runs(&runs),
        allocators: measurements,
        ..view::Input::default()
    })
}

#[test]
fn every_page_links_to_it_if_allocators_were_compared_and_otherwise_none() {
    let (with, without) = (site(&[measurement()]), site(&[]));
    for (path, html) in with.pages() {
        assert!(html.contains("allocators.html\""), "{path}");
    }
    assert!(!without.files.contains_key("allocators.html"));
    for (path, html) in without.pages() {
        assert!(!html.contains("allocators.html\""), "{path}");
    }
}

#[test]
fn a_cell_shows_its_factor_in_a_colour_and_names_are_text() {
    let site = site(&[measurement()]);
    let html = site.text("allocators.html");
    assert!(
        html.contains("<td class=\"number less3\" title=\"400 ns"),
        "{html}"
    );
    assert!(html.contains(">0.40×</td>"));
    assert!(html.contains("differ by a factor of up to 1.00×"));
    assert!(
        html.contains("<th scope=\"row\">&lt;i&gt;which</th>")
            && html.contains("<td class=\"number less2\" title=\"0.70×–0.72×\">0.71×</td>"),
        "{html}"
    );
    assert!(
        !html.contains("<script>1") && !html.contains("1.0<script>") && !html.contains("<b>work")
    );
}
