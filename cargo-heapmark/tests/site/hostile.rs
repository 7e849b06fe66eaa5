//! Hostile names: no name becomes markup, leads out of the site, or controls the terminal.

use cargo_heapmark::terminal::{self, Outcome};
use heapmark_model::history::History;
use heapmark_model::record::{Failure, Metric, Run};
use heapmark_site::view::Input;

use crate::page::{Site, render_input, resolve};
use crate::synthetic::{entry_of, history, set};

pub const SCRIPT: &str = "<script>alert(1)</script>";
pub const QUOTES: &str = "\" onload=\"x' </title><!--";
pub const RIGHT_TO_LEFT: &str = "\u{202e}gnirts\u{202c} שלום";
const JOIN: &str = "string_allocations/string_join";

/// Three runs with `name` in every free text of a record. Between the first two runs a dependency
/// changed; in the last run a case of that name allocates more.
fn runs(name: &str) -> Vec<Run> {
    let mut runs = history(3);
    for run in &mut runs {
        run.commit.subject = name.to_owned();
        run.commit.sha = name.to_owned();
        run.commit.committed_at = name.to_owned();
        run.measured_at = name.to_owned();
        run.heapmark = name.to_owned();
        run.machine.id = name.to_owned();
        run.machine.cpu = name.to_owned();
        run.machine.kernel = Some(name.to_owned());
        run.toolchain.rustc = name.to_owned();
        run.allocator = name.to_owned();
        run.suite.bench = name.to_owned();
        run.suite.filter = Some(name.to_owned());
        run.failures.push(Failure {
            id: name.to_owned(),
            reason: name.to_owned(),
        });
        let entry = entry_of(run, JOIN);
        entry.case.id = format!("string_allocations/{name}");
        entry.case.question = Some(name.to_owned());
        entry.case.variant = name.to_owned();
        entry.case.summary = name.to_owned();
        entry.case.file = name.to_owned();
        entry.expected[0].claim = name.to_owned();
        run.entries[3].case.group = name.to_owned();
    }
    for run in &mut runs[1..] {
        run.toolchain.lock_sha256 = Some(name.to_owned());
        run.toolchain.dependencies_sha256 = Some(name.to_owned());
    }
    runs[2].commit.sha = format!("2{name}");
    let id = format!("string_allocations/{name}");
    set(&mut runs[2], &id, Metric::Allocs, 99);
    runs
}

/// The site of three runs with `name` in every free text of a record.
pub fn site(name: &str) -> Site {
    render_input(&Input {
        history: &History::from_runs(&runs(name)),
        unrecorded: None,
        skipped: &[name.to_owned()],
        ..Input::default()
    })
}

#[test]
fn the_names_reach_the_worst_cases_and_the_table_of_changes() {
    let site = site(SCRIPT);
    assert_eq!(
        site.json("index.json")["worst"][0]["id"]
            .as_str()
            .unwrap()
            .matches(SCRIPT)
            .count(),
        1
    );
    let cases = site
        .files
        .keys()
        .filter(|path| path.starts_with("case/") && path.ends_with(".json"));
    let changed = cases.filter(|path| {
        let changes = &site.json(path)["changes"];
        changes[0]["subject"] == SCRIPT
    });
    assert_eq!(changed.count(), 1);
}

#[test]
fn no_name_becomes_markup() {
    for name in [SCRIPT, QUOTES] {
        let site = site(name);
        let escaped = name
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let escaped = escaped.replace('"', "&quot;").replace('\'', "&#39;");
        assert!(
            site.text("index.html").contains(&escaped),
            "{name} is shown"
        );
        for (path, html) in site.pages() {
            assert!(!html.contains(name), "{path} holds {name} as it is");
            assert_eq!(html.matches("<script").count(), 2, "{path} has its own");
            assert!(!html.contains("onload=\""), "{path}");
            assert_eq!(
                html.matches("</title>").count(),
                html.matches("<title>").count(),
                "{path}"
            );
        }
    }
}

#[test]
fn no_name_ends_the_element_around_its_json() {
    let site = site(SCRIPT);
    for path in site.files.keys().filter(|path| path.ends_with(".json")) {
        assert!(!site.text(path).contains('<'), "{path}");
        site.json(path);
    }
    let subject = site.json("data.json")["commit"]["subject"].clone();
    assert_eq!(subject, SCRIPT, "the JSON must contain the unchanged name");
}

#[test]
fn no_name_leads_out_of_the_site() {
    for name in [
        SCRIPT,
        QUOTES,
        RIGHT_TO_LEFT,
        "../../../etc/passwd",
        "",
        "/",
        "a\nb",
    ] {
        for path in site(name).files.keys() {
            let safe = |c: char| c.is_ascii_alphanumeric() || "._-/~".contains(c);
            assert!(path.chars().all(safe), "{path:?}");
            assert!(
                !path.split('/').any(|part| part.is_empty() || part == ".."),
                "{path:?}"
            );
            assert!(!path.starts_with('/'));
        }
    }
}

#[test]
fn links_resolve_whatever_the_names_are() {
    for name in [SCRIPT, RIGHT_TO_LEFT, "../..", "ä", "a b"] {
        let site = site(name);
        for (path, html) in site.pages() {
            for href in crate::page::attributes(html, "href") {
                if let Some(target) = resolve(path, href) {
                    assert!(site.files.contains_key(&target), "{path} links to {target}");
                }
            }
        }
    }
}

#[test]
fn names_of_300_characters_and_right_to_left_text_are_shown_whole() {
    let long = "x".repeat(300);
    for name in [long.as_str(), RIGHT_TO_LEFT] {
        let site = site(name);
        assert!(site.text("index.html").contains(name));
        assert!(site.text("about.html").contains(name));
    }
}

#[test]
fn no_name_controls_the_terminal_that_shows_it() {
    for name in [
        "\u{1b}[2J\u{1b}]0;title\u{7}",
        RIGHT_TO_LEFT,
        "a\rb\u{9b}31m",
    ] {
        let runs = runs(name);
        let mut shown = Vec::new();
        terminal::table(&runs[1].entries, &mut shown).unwrap();
        terminal::markdown(&runs[1], &mut shown).unwrap();
        let outcome = Outcome {
            run: &runs[1],
            record: Err(name),
            index: None,
        };
        terminal::summary(&outcome, &mut shown).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        for character in shown.chars().filter(|&character| character != '\n') {
            assert!(!character.is_control(), "{character:?} of {name:?}");
            assert_ne!(character, '\u{202e}', "{name:?}");
        }
        let first = name.chars().find(|&c| c.is_control() || c == '\u{202e}');
        let escaped = first.unwrap().escape_unicode().to_string();
        assert!(shown.contains(&escaped), "{name:?} is shown, not dropped");
    }
}
