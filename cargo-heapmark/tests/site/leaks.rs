//! The page about leaks: problems next to their solutions, and the verdicts of other tools.

use heapmark_model::history::History;
use heapmark_model::record::{
    Expected, Frame, GrowingSite, Growth, Run, ToolCell, ToolRecord, ToolSubject, ToolVerdict,
    Verdict,
};
use heapmark_site::view::Input;

use crate::page::{attributes, render, render_input};
use crate::profiles;
use crate::synthetic::{entry_of, history};

/// A history whose newest run has a problem and its solution, and is then changed by `plant`.
fn with_growth(plant: impl FnOnce(&mut Run)) -> Vec<Run> {
    let mut runs = history(2);
    let run = &mut runs[1];
    for (id, verdict, floor) in [
        (
            "string_allocations/small_string_new",
            Verdict::Leak,
            vec![0, 500, 1000],
        ),
        (
            "string_allocations/string_format",
            Verdict::Steady,
            vec![0, 0, 0],
        ),
    ] {
        let entry = entry_of(run, id);
        entry.case.question = Some("remember <answers>".to_owned());
        let growth = growth(verdict, Some(verdict), floor);
        entry.expected.extend::<Option<Expected>>(growth.claim());
        entry.growth = Some(Box::new(growth));
    }
    plant(run);
    runs
}

fn growth(verdict: Verdict, declared: Option<Verdict>, floor: Vec<i64>) -> Growth {
    let leaks = verdict == Verdict::Leak;
    let frame = Frame {
        function: "answer".to_owned(),
        file: "src/<cache>.rs".to_owned(),
        line: 41,
    };
    let site = GrowingSite {
        bytes_per_million: 100_000_000,
        blocks_per_million: 1_000_000,
        frames: vec![frame],
    };
    Growth {
        verdict,
        declared,
        reason: "as it was planted".to_owned(),
        steps: 12_500,
        bytes_per_million: if leaks { 100_000_000 } else { 0 },
        blocks_per_million: if leaks { 1_000_000 } else { 0 },
        ceiling: floor.iter().map(|level| level + 50).collect(),
        floor,
        callsites: if leaks { vec![site] } else { Vec::new() },
    }
}

#[test]
fn a_problem_is_shown_next_to_its_solution_on_one_scale() {
    let site = render(&with_growth(|_| {}));
    let html = site.text("leaks.html");
    assert!(html.contains("remember &lt;answers&gt;"), "{html}");
    assert!(html.contains("+100 B +1 block per iteration"), "{html}");
    assert!(html.contains("src/&lt;cache&gt;.rs:41"), "{html}");
    let model: serde_json::Value = serde_json::from_str(site.text("leaks.json")).unwrap();
    let cases = &model["pairs"][0]["cases"];
    assert_eq!(cases[0]["status"]["word"], "leaks");
    assert_eq!(cases[1]["status"]["word"], "steady");
    assert_eq!(cases[0]["chart"]["axis"], cases[1]["chart"]["axis"]);
    let summary =
        "1 pattern: 1 case leaks, 0 retain memory after a spike, 1 is steady. No other case leaks.";
    assert_eq!(model["summary"], summary);
    let floors = html.matches("class=\"mark\"").count();
    assert_eq!(floors, 2, "each case must have a line of its lowest levels");
}

#[test]
fn the_verdicts_of_other_tools_are_shown_next_to_the_verdict_of_the_case() {
    let runs = with_growth(|_| {});
    let cell = |id: &str, verdict| profiles::cell(id, verdict);
    let cells = [
        cell("string_allocations/small_string_new", ToolVerdict::Nothing),
        cell("string_allocations/string_format", ToolVerdict::Leak),
    ];
    let of_suite = |tool: &str, cells: &[ToolCell]| ToolRecord {
        subject: ToolSubject::Suite,
        ..profiles::measurement(tool, cells)
    };
    let old = of_suite(
        "old",
        &[cell(
            "string_allocations/string_format",
            ToolVerdict::Nothing,
        )],
    );
    let of_server = profiles::measurement("heaptrack", &[cell("cache", ToolVerdict::Leak)]);
    let measurements = [old, of_suite("memcheck", &cells), of_server];
    let site = render_input(&Input {
        history: &History::from_runs(&runs),
        tools: &measurements,
        ..Input::default()
    });
    let page = site.json("leaks.json");
    let words = |case: usize| page["pairs"][0]["cases"][case]["tools"].clone();
    assert_eq!(words(0), serde_json::json!(["memcheck: nothing"]));
    assert_eq!(words(1), serde_json::json!(["memcheck: leak, 464 B"]));
    assert_eq!(page["server"]["patterns"][0], "cache");
    let html = site.text("leaks.html");
    assert!(html.contains("memcheck memcheck look once") && html.contains("heaptrack heaptrack"));
    // A tool that was not run is not shown.
    assert!(!render(&runs).text("leaks.html").contains("memcheck"));
}

#[test]
fn a_leak_that_is_not_declared_is_marked() {
    let runs = with_growth(|run| {
        let leak = growth(Verdict::Leak, None, vec![0, 9]);
        entry_of(run, "vec_allocations/vec_nested").growth = Some(Box::new(leak));
    });
    let site = render(&runs);
    let model: serde_json::Value = serde_json::from_str(site.text("leaks.json")).unwrap();
    assert_eq!(model["found"][0]["id"], "vec_allocations/vec_nested");
    assert!(
        model["summary"]
            .as_str()
            .unwrap()
            .ends_with("1 other case leaks.")
    );
    assert!(site.text("leaks.html").contains("Undeclared growth"));
}

#[test]
fn every_page_leads_to_the_leaks_and_they_are_there_without_any() {
    let site = render(&history(1));
    assert!(site.text("leaks.html").contains("No results yet"));
    for (path, html) in site.pages() {
        let links = attributes(html, "href");
        assert!(
            links.iter().any(|link| link.ends_with("leaks.html")),
            "{path}"
        );
    }
}
