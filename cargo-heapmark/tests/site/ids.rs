//! Old records in which several cases share an id. Their numbers are not shown, and the page of a
//! case states when its history starts.

#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::fs;

use cargo_heapmark::store::{self, Store};
use heapmark_model::history::History;
use heapmark_model::record::{Metric, Run};
use heapmark_site::view;
use tempfile::TempDir;

use crate::page::{Site, render_input};
use crate::synthetic::{run, set};

/// The run of the `number`th commit, with cases of these ids and variants in group `g`.
fn named(number: u64, cases: &[(&str, &str)]) -> Run {
    let mut run = run(number, &[("g", &vec!["x"; cases.len()])]);
    for (entry, (id, variant)) in run.entries.iter_mut().zip(cases) {
        entry.case.id = (*id).to_owned();
        entry.case.variant = (*variant).to_owned();
    }
    run
}

/// A run from an older heapmark, in which `A` and `a` share an id.
fn old() -> Run {
    let mut old = named(0, &[("g/a", "A"), ("g/a", "a"), ("g/b", "b"), ("g/", "日")]);
    let values = old.entries.iter_mut().map(|entry| &mut entry.metrics);
    for (number, metrics) in values.enumerate() {
        let allocs = metrics.get_mut(&Metric::Allocs).unwrap();
        allocs.value = Some(700 + number as i64);
    }
    old
}

/// The site of `old` and later runs, read from files without an index, and twice with an index.
fn site(later: &[Run]) -> Site {
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path().join("results"));
    let old = old();
    let path = store.save(&named(0, &[])).unwrap();
    fs::write(&path, store::to_json(&old)).unwrap();
    later.iter().for_each(|run| drop(store.save(run).unwrap()));
    let index = folder.path().join("history.index");
    let sites = [None, Some(&*index), Some(&*index)].map(|index| {
        let mut past = store.past(index).unwrap();
        assert!(past.skipped.is_empty(), "{:?}", past.skipped);
        past.keep(&view::wanted(&past.history, None)).unwrap();
        render_input(&view::Input {
            history: &past.history,
            ..view::Input::default()
        })
    });
    let [plain, first, second] = sites;
    assert!(plain.files == first.files && first.files == second.files);
    plain
}

const SENTENCE: &str = "The history of this case starts after";

#[test]
fn the_numbers_of_an_ambiguous_id_are_left_out_and_the_page_states_it() {
    let names = [
        ("g/~41.~", "A"),
        ("g/a~", "a"),
        ("g/b", "b"),
        ("g/~65e5.~", "日"),
    ];
    let site = site(&[named(1, &names), named(2, &names)]);
    for case in ["case/g/a~", "case/g/~41.~"] {
        let html = site.text(&format!("{case}.html"));
        assert!(html.contains(SENTENCE), "{case}");
        assert!(
            html.contains("`g&#x2F;a`") || html.contains("`g/a`"),
            "{case}"
        );
        assert!(!html.contains("700") && !html.contains("701"), "{case}");
        let page = site.json(&format!("{case}.json"));
        assert_eq!(page["changes"].as_array().unwrap().len(), 0);
        let data = site.text(&format!("{}.js", case.replace("case/", "data/")));
        assert!(!data.contains("700") && !data.contains("701"), "{data}");
    }
    // The history of a case whose old id was unique continues under its new id.
    for (case, allocs) in [("case/g/b", "702"), ("case/g/~65e5.~", "703")] {
        let html = site.text(&format!("{case}.html"));
        assert!(!html.contains(SENTENCE) && html.contains(allocs), "{case}");
    }
    assert!(!site.files.contains_key("case/g/a.html"));
}

#[test]
fn the_sentence_stays_if_only_one_of_the_cases_is_left() {
    let site = site(&[named(1, &[("g/a", "a")])]);
    let page = site.json("case/g/a.json");
    assert!(page["history_note"].as_str().unwrap().contains(SENTENCE));
    let added = page["verdict"].as_str().unwrap();
    assert!(
        added.starts_with("Could not be counted at"),
        "not added: {added}"
    );
}

#[test]
fn an_old_record_names_the_cases_that_share_an_id() {
    let site = site(&[]);
    let failures = site.json("index.json")["failures"].clone();
    assert_eq!(failures[0]["id"], "g/~41.~");
    let reason = failures[1]["reason"].as_str().unwrap();
    assert_eq!(
        reason,
        "its old id `g/a` names 2 cases (`A`, `a`), so its numbers are unknown"
    );
}

#[test]
fn groups_and_cases_with_equal_slugs_have_separate_pages() {
    let mut run = run(0, &[("Maps", &["x"]), ("maps", &["x"]), ("ma ps", &["x"])]);
    set(&mut run, "maps/x", Metric::Allocs, 9);
    let site = render_input(&view::Input {
        history: &History::from_runs(&[run]),
        ..view::Input::default()
    });
    let mut folded: Vec<String> = site.files.keys().map(|path| path.to_lowercase()).collect();
    folded.sort_unstable();
    folded.dedup();
    assert_eq!(folded.len(), site.files.len());
    let pages = |folder| {
        site.pages()
            .filter(move |(path, _)| path.starts_with(folder))
    };
    assert_eq!((pages("group/").count(), pages("case/").count()), (3, 3));
}
