//! Details on the pages: the worst cases, each change, the source, and the state of the machine.

use heapmark_model::history::History;
use heapmark_model::record::{Calibration, Coverage, Instability, Metric};
use heapmark_site::view::{Input, Retraction, SourceFile};

use crate::page::{render, render_input};
use crate::synthetic::{history, sample, set};
use crate::times::timed;

const JOIN: &str = "string_allocations/string_join";
const FORMAT: &str = "string_allocations/string_format";
const NESTED: &str = "vec_allocations/vec_nested";
const PUSH: &str = "vec_allocations/vec_push_no_capacity";
const SMALL: &str = "allocation_sizes/vec_alloc/64";
const LARGE: &str = "allocation_sizes/vec_alloc/65536";
const LEAK: &str = "leak_patterns/unbounded_cache_growth";

#[test]
fn the_worst_five_are_ordered_by_kind_and_then_by_relative_growth() {
    let mut runs = history(3);
    let last = &mut runs[2];
    set(last, JOIN, Metric::Allocs, 3); // three times as many
    set(last, NESTED, Metric::Allocs, 9); // nine times as many
    set(last, PUSH, Metric::Allocs, 40); // more, and fewer bytes: mixed, however much
    set(last, PUSH, Metric::Bytes, 1);
    set(last, SMALL, Metric::Retained, 8); // retains
    set(last, LARGE, Metric::Bytes, 1); // less: not among them
    set(last, LEAK, Metric::Allocs, 1_000); // an intentional leak: never among them
    let site = render(&runs);
    let index = site.json("index.json");
    let ids = |key: &str| -> Vec<String> {
        let cases = index[key].as_array().unwrap().iter();
        cases
            .map(|case| case["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids("worst"), [SMALL, NESTED, JOIN, PUSH]);
    assert_eq!(ids("changed"), [LARGE, LEAK], "no case may be listed twice");
    let commit = format!("{} of 2026-01-03", &runs[2].commit.sha[..7]);
    assert_eq!(index["worst"][1]["commit"], commit);
    set(&mut runs[2], FORMAT, Metric::Allocs, 2);
    set(&mut runs[2], LARGE, Metric::Allocs, 2);
    let site = render(&runs);
    let worst = site.json("index.json")["worst"].as_array().unwrap().len();
    assert_eq!(worst, 5, "only five of six are shown");
}

#[test]
fn memory_that_was_retained_before_names_the_run_in_which_it_began() {
    let mut runs = history(4);
    for run in &mut runs[1..] {
        set(run, JOIN, Metric::Retained, 64);
    }
    let index = render(&runs).json("index.json");
    let commit = format!("{} of 2026-01-02", &runs[1].commit.sha[..7]);
    assert_eq!(index["worst"][0]["commit"], commit);
    assert_eq!(
        index["worst"][0]["differences"][0],
        "retains 64 B per iteration"
    );
}

#[test]
fn each_change_of_an_exact_number_is_listed_newest_first() {
    let mut runs = history(5);
    set(&mut runs[1], JOIN, Metric::Allocs, 7);
    for run in &mut runs[3..] {
        set(run, JOIN, Metric::Allocs, 9);
        run.toolchain.rustc = "1.96.0".to_owned();
    }
    let page = render(&runs).json(&format!("case/{JOIN}.json"));
    let changes = page["changes"].as_array().unwrap();
    let differences: Vec<&str> = changes
        .iter()
        .map(|change| change["difference"].as_str().unwrap())
        .collect();
    assert_eq!(differences, ["+8", "\u{2212}6", "+6"]);
    assert_eq!(changes[0]["subject"], "Commit number 3");
    assert_eq!(
        changes[0]["beside"],
        "the compiler changed from 1.95.0 to 1.96.0"
    );
    let still = render(&runs).json(&format!("case/{NESTED}.json"));
    assert_eq!(still["changes"].as_array().unwrap().len(), 0);
}

#[test]
fn a_change_after_a_gap_is_marked_as_possibly_older() {
    let mut runs = history(4);
    set(&mut runs[3], JOIN, Metric::Allocs, 9);
    for run in &mut runs[1..3] {
        sample(run, JOIN, Metric::Allocs, 9, Instability::RepetitionsDiffer);
    }
    let page = render(&runs).json(&format!("case/{JOIN}.json"));
    let beside = page["changes"][0]["beside"].as_str().unwrap();
    assert!(
        beside.contains("no exact value in 2 runs before it"),
        "{beside}"
    );
}

#[test]
fn at_most_twenty_changes_are_shown_and_the_others_are_counted() {
    let mut runs = history(31);
    for (number, run) in runs.iter_mut().enumerate() {
        set(run, JOIN, Metric::Allocs, number as i64);
    }
    let page = render(&runs).json(&format!("case/{JOIN}.json"));
    assert_eq!(page["changes"].as_array().unwrap().len(), 20);
    assert_eq!(page["older_changes"], 10);
}

#[test]
fn a_case_shows_its_function_and_hostile_source_stays_text() {
    let runs = history(1);
    let text =
        "fn other() {}\nfn string_join(b: &mut Bencher) {\n    // </code><script>\u{202e}\n}\n";
    let sources = [SourceFile {
        path: "benches/memory_benchmarks/string_allocations.rs".to_owned(),
        text: text.to_owned(),
    }];
    let site = render_input(&Input {
        history: &History::from_runs(&runs),
        sources: &sources,
        ..Input::default()
    });
    let html = site.text(&format!("case/{JOIN}.html"));
    assert!(html.contains("string_allocations.rs:2"), "{html}");
    assert!(html.contains("fn string_join(b: &amp;mut Bencher) {"));
    assert!(!html.contains("fn other"));
    assert!(!html.contains("</code><script>") && !html.contains('\u{202e}'));
    assert!(
        html.contains("\\u{202e}"),
        "the character that reverses text must be escaped"
    );
    let other = site.text(&format!("case/{FORMAT}.html"));
    assert!(other.contains("no function of that name"));
    let unknown = site.text(&format!("case/{NESTED}.html"));
    assert!(unknown.contains("has changed since the measurement"));
}

#[test]
fn a_case_is_reported_again_by_the_tool_of_its_crate() {
    let mut runs = history(1);
    let command = |runs: &[_]| {
        let page = render(runs).json(&format!("case/{SMALL}.json"));
        page["report_command"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        command(&runs),
        "cargo xtask report -p heapmark --bench memory_benchmarks '^allocation_sizes/vec_alloc/64$'"
    );
    runs[0].suite.package = "mine".to_owned();
    assert_eq!(
        command(&runs),
        "cargo heapmark report -p mine --bench memory_benchmarks '^allocation_sizes/vec_alloc/64$'"
    );
}

#[test]
fn coverage_is_shown_only_for_this_machine_and_only_if_it_was_measured() {
    let runs = timed();
    let run = &runs[1];
    let mut calibration = Calibration {
        provenance: run.into(),
        suite: run.suite.clone(),
        time: run.time.clone(),
        verdicts: Vec::new(),
        coverage: vec![Coverage {
            builds: 1,
            busy_processors: 0,
            reports: 8,
            intervals: 400,
            covered: 380,
            half_width_millionths: 4_200,
        }],
    };
    let about = |calibrations: &[Calibration]| {
        let site = render_input(&Input {
            history: &History::from_runs(&runs),
            calibrations,
            ..Input::default()
        });
        site.text("about.html").to_owned()
    };
    let known = about(std::slice::from_ref(&calibration));
    assert!(
        known.contains(">400<") && known.contains(">95.0 %<"),
        "{known}"
    );
    assert!(known.contains(">0.42 %<") && known.contains("The aim is that 93 %"));
    calibration.coverage[0].covered = 371;
    let missed = about(std::slice::from_ref(&calibration));
    assert!(missed.contains("✕ 92.7 %"), "{missed}");
    calibration.provenance.machine.id = "another".to_owned();
    for unknown in [about(&[calibration]), about(&[])] {
        assert!(unknown.contains("Not measured on this machine yet"));
        assert!(!unknown.contains("The aim is"));
    }
}

#[test]
fn the_state_of_the_machine_and_retracted_records_are_listed() {
    let retracted = [Retraction {
        path: "m/2026/a.json".to_owned(),
        reason: "measured with the wrong <flags>".to_owned(),
    }];
    let site = render_input(&Input {
        history: &History::from_runs(&timed()),
        retracted: &retracted,
        ..Input::default()
    });
    let html = site.text("about.html");
    assert!(html.contains("wrong &lt;flags&gt;"));
    for fact in ["0.07", "cannot be read here", "Virtual machine"] {
        assert!(html.contains(fact), "{fact}");
    }
}

/// Random numbers from a seed, so that a failure can be reproduced.
fn drawn(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

/// The first disagreement between headline counts, tiles, signs in the table and the data.
fn disagreement(index: &serde_json::Value, html: &str, data: &serde_json::Value) -> Option<String> {
    let (_, table) = html.split_once("<table ")?;
    let (_, table) = table.split_once("class=\"cases").or(Some(("", table)))?;
    let intentional_leaks = ["intentional", "changed"];
    for (place, (key, glyph)) in [
        ("more", "▲"),
        ("less", "▼"),
        ("retains", "◆"),
        ("same", "="),
    ]
    .into_iter()
    .enumerate()
    {
        let sign = format!("<span class=\"glyph\" aria-hidden=\"true\">{glyph}</span>");
        let signs = table.matches(&sign).count().to_string();
        let entries = data["entries"].as_array()?.iter();
        let told = entries
            .filter(|entry| {
                let statuses = entry["status"].as_array();
                statuses.is_some_and(|words| words.iter().any(|word| word == key))
                    && !intentional_leaks
                        .iter()
                        .any(|demo| entry["status"][0] == *demo)
            })
            .count()
            .to_string();
        let counts = index["counts"][key].to_string();
        let tile = index["tiles"][place]["number"].as_str()?;
        if [tile, &signs, &told].iter().any(|number| *number != counts) {
            return Some(format!(
                "{key}: {counts}, tile {tile}, signs {signs}, data {told}"
            ));
        }
    }
    (index["counts"] != data["counts"]).then(|| "counts".to_owned())
}

#[test]
fn headline_tiles_signs_and_data_agree_whatever_changed() {
    for seed in 1..=40 {
        let mut draw = drawn(seed);
        let mut runs = history(2 + draw(3));
        let last = runs.len() - 1;
        for id in [JOIN, FORMAT, NESTED, PUSH, SMALL, LARGE, LEAK] {
            let metrics = [
                Metric::Allocs,
                Metric::Bytes,
                Metric::Peak,
                Metric::Retained,
            ];
            let metric = metrics[draw(4) as usize];
            if draw(3) > 0 {
                set(&mut runs[last], id, metric, draw(200) as i64);
            }
        }
        let site = render(&runs);
        let (index, data) = (site.json("index.json"), site.json("data.json"));
        let html = site.text("index.html");
        assert_eq!(disagreement(&index, html, &data), None, "seed {seed}");
        let sentence = index["headline"].as_str().unwrap();
        let more = index["counts"]["more"].to_string();
        assert!(
            more == "0" || sentence.starts_with(&format!("{more} case")),
            "{sentence}"
        );

        // A planted mismatch must be found.
        let mut wrong = data.clone();
        wrong["entries"][0]["status"] = serde_json::json!(["more", "less", "same", "retains"]);
        assert!(disagreement(&index, html, &wrong).is_some(), "seed {seed}");
    }
}
