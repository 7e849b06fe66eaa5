//! Names with Markdown or HTML in them stay plain text in the comment of a pull request.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use std::fs;
use std::process::Command;

use cargo_heapmark::terminal;
use heapmark_model::analysis::{Acknowledgement, Acknowledgements, Comparison, Kind, compare};
use heapmark_model::record::{Callsite, Failure, Frame, Growth, Metric, Run, Value, Verdict};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use tempfile::TempDir;

/// Possible names of a branch, a case or a person, and messages of panics.
const NAMES: [&str; 16] = [
    "@team",
    "#1 GH-1 owner/repo#2",
    "https://evil.example/ www.evil.example mail@evil.example",
    "<img src=x onerror=alert(1)> <!-- ",
    "[a](https://evil.example) ![b](https://evil.example/b.png) <https://evil.example>",
    "a|b \\| c||d",
    "`@team` ``#1`` ```",
    "` @team",
    "@team `",
    "`",
    "\n\n# @team\n- #1\n\n| a | b |\n|---|---|\n",
    "\r\n> @team\u{2028}@team\u{85}@team",
    "**@team** _@team_ ~~#1~~ \\@team &commat;team &#64;team",
    "```\n@team\n```",
    "</details></summary> @team",
    " @team ",
];

/// Reads Markdown as GitHub does. Fails if a name became a link or other markup, or if text that
/// could notify or link is outside of a code span. Returns the number of cells of each table row.
fn read(markdown: &str, name: &str) -> Vec<usize> {
    let own = ["<!-- heapmark compare -->\n", "<br>"];
    let mut rows = Vec::new();
    for event in Parser::new_ext(
        markdown,
        Options::ENABLE_GFM | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    ) {
        match event {
            Event::Start(
                Tag::Link { .. }
                | Tag::Image { .. }
                | Tag::CodeBlock(_)
                | Tag::Heading { .. }
                | Tag::BlockQuote(_)
                | Tag::Strikethrough,
            ) => {
                panic!("{name:?} became markup: {markdown}")
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                assert!(
                    own.contains(&&*html),
                    "{name:?} became {html:?}: {markdown}"
                );
            }
            Event::Text(text) => {
                let live = ["@", "#", "www.", "://", "GH-"]
                    .iter()
                    .any(|live| text.contains(live));
                assert!(!live, "{name:?} is live in {text:?}: {markdown}");
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(0),
            Event::End(TagEnd::TableCell) => *rows.last_mut().unwrap() += 1,
            _ => {}
        }
    }
    rows
}

fn run(name: &str) -> Run {
    let text = include_str!("fixtures/compare/record.json");
    let mut run: Run = serde_json::from_str(text).unwrap();
    run.machine.id = name.to_owned();
    assert_eq!(run.entries.len(), 2);
    for (index, entry) in run.entries.iter_mut().enumerate() {
        entry.case.id = format!("{name}{index}");
    }
    run.failures = vec![Failure {
        id: name.to_owned(),
        reason: name.to_owned(),
    }];
    run
}

fn comparison(name: &str) -> Comparison {
    let (base, mut head) = (run(name), run(name));
    head.entries[0]
        .metrics
        .insert(Metric::Allocs, Value::exact(99));
    let mut comparison = compare(Kind::Records, (name, &base), (name, &head));
    let frame = Frame {
        function: name.to_owned(),
        file: name.to_owned(),
        line: 7,
    };
    comparison.changes[0].callsites = vec![Callsite {
        allocs: 1,
        frames: vec![frame.clone(), frame],
        ..Callsite::default()
    }];
    comparison.changes[0].no_callsites = Some(name.to_owned());
    let ack = Acknowledgement {
        case: name.to_owned(),
        metric: Metric::Allocs,
        commit: name.to_owned(),
        reason: name.to_owned(),
        who: name.to_owned(),
    };
    comparison.acknowledgements = Acknowledgements {
        used: vec![ack.clone()],
        unused: vec![ack],
    };
    comparison
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn no_name_becomes_markup_in_a_comparison() {
    for name in NAMES {
        let comparison = comparison(name);
        let text = written(|out| terminal::comparison_markdown(&comparison, out));
        assert_eq!(read(&text, name), [3; 4], "{text}");
        assert!(text.contains("1 case did not change."), "{text}");

        let base = run(name);
        let mut head = base.clone();
        head.machine.id += name;
        head.toolchain.rustc = name.to_owned();
        let other = compare(Kind::Records, (name, &base), (name, &head));
        let text = written(|out| terminal::comparison_markdown(&other, out));
        read(&text, name);
    }
}

#[test]
fn no_name_becomes_markup_in_a_table_of_a_report_or_of_leaks() {
    for name in NAMES {
        let run = run(name);
        let text = written(|out| terminal::markdown(&run, out));
        let rows = read(&text, name);
        assert_eq!(rows.len(), 4, "{text}");
        assert!(rows.iter().all(|cells| *cells == rows[0]), "{text}");

        let growth = Growth {
            verdict: Verdict::Undecided,
            declared: Some(Verdict::Leak),
            reason: name.to_owned(),
            steps: 9,
            bytes_per_million: 0,
            blocks_per_million: 0,
            floor: vec![0],
            ceiling: Vec::new(),
            callsites: Vec::new(),
        };
        let cases = [(name.to_owned(), growth)];
        let text = written(|out| terminal::leaks_markdown(&cases, &run.failures, out));
        assert_eq!(read(&text, name), [4; 3], "{text}");
    }
}

#[test]
fn a_record_in_a_file_of_any_name_is_compared_by_a_comment_that_is_only_text() {
    let folder = TempDir::new().unwrap();
    let text = include_str!("fixtures/compare/record.json");
    let name = "@team #1 <b> `a|b`.json";
    fs::write(folder.path().join(name), text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-heapmark"))
        .args([
            "heapmark", "compare", "--format", "markdown", "--record", name, name,
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("@team #1"), "{said}");
    assert!(read(&said, name).is_empty(), "nothing changed: {said}");
}

#[test]
fn a_case_that_fails_on_both_sides_is_one_case() {
    let text = written(|out| terminal::comparison_markdown(&comparison("a"), out));
    assert!(
        text.contains("**3 cases: 1 worse, 1 same, 1 failed**"),
        "{text}"
    );
    assert!(
        !text.contains("a1"),
        "unchanged cases must only be counted: {text}"
    );
}
