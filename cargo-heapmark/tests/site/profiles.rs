//! Pages of server profiles and of measurements of tools, from their outputs to HTML.

use std::path::Path;

use cargo_heapmark::profile::{self, Kept, Tally};
use heapmark_model::record::{
    Frame, ToolAgreement, ToolCell, ToolRecord, ToolRow, ToolSubject, ToolTotal, ToolVerdict,
};
use heapmark_site::render::{self, Linked};
use heapmark_site::view::profile::{BoxKind, Icicle, ProfilePage};
use heapmark_site::view::{Input, Tick};

use crate::hostile::{QUOTES, RIGHT_TO_LEFT, SCRIPT};
use crate::page::{attributes, render_input};
use crate::synthetic::history;

fn kept(name: &str) -> Kept {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/profiles");
    Kept {
        id: format!("tool-{}", name.replace('.', "-")),
        tool: "heaptrack".to_owned(),
        version: Some("1.4.0".to_owned()),
        server: "target/release/server".to_owned(),
        measured_at: "2026-11-22T21:41:07Z".to_owned(),
        leaks: false,
        no_rule: false,
        sentence: "less than 0.1 B a request, not in every round".to_owned(),
        requests: Some(100),
        sent: Some(600),
        marks: Vec::new(),
        growing: Vec::new(),
        profile: profile::read(&folder.join(name)).expect("the fixture is a profile"),
    }
}

/// Two rounds of 100 requests, over which one call site rises by 200 blocks of 64 bytes.
pub fn growing() -> Kept {
    let mut kept = kept("heaptrack.zst");
    kept.marks = vec![1, 2, 3];
    kept.leaks = true;
    for (index, site) in kept.profile.callsites.iter_mut().enumerate() {
        let rises = u64::from(index == 0);
        site.marks = (0..3)
            .map(|mark| Tally::new(5 + 100 * mark * rises, 320 + 6400 * mark * rises))
            .collect();
    }
    kept
}

fn html(kept: &Kept) -> String {
    let page = ProfilePage::new(kept);
    let mut files = render::profile(&page, Linked::default()).expect("the template fits its model");
    let html = files.remove(&page.page.path).expect("there is a page");
    String::from_utf8(html).expect("pages are UTF-8")
}

/// The start and size of the boxes below the box that begins at `start` in `row`.
fn below(icicle: &Icicle, row: u32, start: u64, bytes: u64) -> Vec<(u64, u64)> {
    let boxes = icicle.boxes.iter().filter(|one| one.row == row + 1);
    let within = boxes.filter(|one| one.start >= start && one.start < start + bytes);
    let mut within: Vec<(u64, u64)> = within.map(|one| (one.start, one.bytes)).collect();
    within.sort_unstable();
    within
}

#[test]
fn boxes_fill_the_box_above_them_from_its_left_and_never_more() {
    for name in ["heaptrack.zst", "dhat.json", "massif.out"] {
        let page = ProfilePage::new(&kept(name));
        assert!(!page.icicles.is_empty(), "{name}");
        for icicle in &page.icicles {
            let mut parents = 0;
            for one in &icicle.boxes {
                let below = below(icicle, one.row, one.start, one.bytes);
                let sum: u64 = below.iter().map(|(_, bytes)| bytes).sum();
                assert!(sum <= one.bytes, "{name} {}: {}", icicle.key, one.name);
                let mut at = one.start;
                for (start, bytes) in below {
                    assert_eq!(start, at, "{name} {}: {}", icicle.key, one.name);
                    at += bytes;
                    parents += 1;
                }
            }
            assert_eq!(
                parents + 1,
                icicle.boxes.len(),
                "each box except the first must be inside another"
            );
            let first: u64 = below(icicle, 0, 0, icicle.total).iter().map(|b| b.1).sum();
            assert_eq!(
                first, icicle.total,
                "the boxes of the outermost calls must add up"
            );
        }
    }
}

#[test]
fn own_functions_have_boxes_and_runs_of_std_are_one() {
    let page = ProfilePage::new(&kept("heaptrack.zst"));
    let total = page
        .icicles
        .iter()
        .find(|icicle| icicle.key == "total")
        .unwrap();
    let keep = total
        .boxes
        .iter()
        .find(|one| one.name.contains("keep"))
        .unwrap();
    assert_eq!((keep.kind, keep.bytes), (BoxKind::Own, 6400));
    let is_framework = |row, at| {
        let mut boxes = total.boxes.iter();
        boxes.any(|one| one.row == row && one.start == at && one.kind == BoxKind::Framework)
    };
    for one in &total.boxes {
        let twice =
            one.row > 0 && is_framework(one.row, one.start) && is_framework(one.row + 1, one.start);
        assert!(!twice, "{} is followed by another", one.name);
    }
}

#[test]
fn the_number_of_boxes_is_bounded_and_smaller_ones_are_counted() {
    let mut kept = kept("heaptrack.zst");
    let site = kept.profile.callsites[0].clone();
    for number in 0..5000_u32 {
        let mut site = site.clone();
        site.stack = (0..200).map(|_| kept.profile.frames.len() as u32).collect();
        kept.profile.frames.push(Frame {
            function: format!("server::work_{number}"),
            file: "src/main.rs".to_owned(),
            line: number,
        });
        site.total = Tally::new(1, 64);
        kept.profile.callsites.push(site);
    }
    let page = ProfilePage::new(&kept);
    for icicle in &page.icicles {
        assert!(
            icicle.boxes.len() <= 201,
            "{}: {}",
            icicle.key,
            icicle.boxes.len()
        );
    }
    let total = page
        .icicles
        .iter()
        .find(|icicle| icicle.key == "total")
        .unwrap();
    let boxes = total
        .boxes
        .iter()
        .filter(|one| one.kind == BoxKind::Smaller);
    let smaller = boxes.max_by_key(|one| one.bytes).unwrap();
    assert!(smaller.name.starts_with("5,00"), "{}", smaller.name);
    assert_eq!((page.sites.rows.len(), page.sites.more > 4900), (50, true));
}

#[test]
fn growth_comes_first_with_blocks_and_bytes_per_request() {
    let page = ProfilePage::new(&growing());
    assert_eq!(
        (page.icicles[0].key, page.icicles[0].total),
        ("growth", 12_800)
    );
    let cells = &page.sites.rows[0].cells;
    assert_eq!((&*cells[6].text, &*cells[7].text), ("+64", "+1"));
    assert_eq!(page.sites.rows[1].cells[6].text, "0");
    assert!(html(&growing()).contains("status retains"));
    assert!(!html(&kept("heaptrack.zst")).contains("status retains"));
}

#[test]
fn a_number_that_a_tool_does_not_know_is_a_dash_and_never_zero() {
    let page = ProfilePage::new(&kept("memcheck.xml"));
    let row = &page.sites.rows[0];
    let texts: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(texts[..4], ["—"; 4], "memcheck knows only the end");
    assert_eq!(texts[4], "1,000 B");
    assert_eq!((page.timeline, texts[6]), (None, "—"));
    let keys: Vec<&str> = page.icicles.iter().map(|icicle| icicle.key).collect();
    assert_eq!(keys, ["end"]);
}

#[test]
fn a_page_states_other_errors_and_other_memory_that_a_tool_found() {
    for (name, facts) in [
        (
            "memcheck-errors.xml",
            &[
                ("Found", "no leak; 6 other errors from 4 contexts"),
                (
                    "Other errors",
                    "3 UninitCondition, 1 InvalidFree, 1 InvalidRead, 1 InvalidWrite",
                ),
            ][..],
        ),
        (
            "memcheck-clean.xml",
            &[("Found", "no leak; no other error")],
        ),
        (
            "massif-no-marked-peak.out",
            &[
                ("Live at the peak", "4.68 GiB"),
                ("Allocator overhead at the peak", "8 B"),
                ("Thread stacks, maximum", "6.10 MiB"),
            ],
        ),
    ] {
        let page = ProfilePage::new(&kept(name));
        let known: Vec<(&str, &str)> = page
            .facts
            .iter()
            .map(|fact| (fact.name, &*fact.value))
            .collect();
        for fact in facts {
            assert!(known.contains(fact), "{name}: {known:?}");
        }
    }
}

#[test]
fn live_bytes_are_drawn_over_time_with_the_ends_of_rounds() {
    let mut kept = kept("heaptrack.zst");
    kept.profile.timeline = (0..10_000)
        .map(|at| profile::Moment {
            at,
            live: Tally::new(1, if at == 5_000 { 999_999 } else { 7 }),
            ..profile::Moment::default()
        })
        .collect();
    kept.profile.clock = Some("ms".to_owned());
    kept.marks = vec![2_000, 4_000, 90_000];
    let timeline = ProfilePage::new(&kept).timeline.unwrap();
    assert!(timeline.points.len() <= 602, "{}", timeline.points.len());
    assert!(
        timeline.points.contains(&(5_000, 999_999)),
        "the peak must be drawn"
    );
    assert_eq!(
        timeline.marks,
        [2_000, 4_000],
        "a mark after the end is not drawn"
    );
    let labels: Vec<&str> = timeline
        .ticks
        .iter()
        .map(|Tick { label, .. }| &**label)
        .collect();
    assert_eq!(labels, ["0 ms", "9,999 ms"]);
    assert!(html(&kept).contains("class=\"mark\""));
}

#[test]
fn no_name_in_a_profile_can_break_its_page() {
    for name in [SCRIPT, QUOTES, RIGHT_TO_LEFT] {
        let mut kept = growing();
        kept.id = format!("../{name}");
        for text in [
            &mut kept.tool,
            &mut kept.server,
            &mut kept.sentence,
            &mut kept.measured_at,
        ] {
            text.push_str(name);
        }
        kept.growing.push(name.to_owned());
        kept.profile.warnings.push(name.to_owned());
        kept.profile.clock = Some(name.to_owned());
        for frame in &mut kept.profile.frames {
            frame.function.push_str(name);
            frame.file.push_str(name);
        }
        let page = ProfilePage::new(&kept);
        assert!(page.page.path.starts_with("profile/") && !page.page.path.contains(".."));
        let own = html(&kept);
        let site = render_input(&Input {
            profiles: std::slice::from_ref(&page.entry),
            tools: &[measurement(name, &[cell(name, ToolVerdict::Leak)])],
            ..Input::default()
        });
        for html in [own.as_str(), site.text("profiles.html")] {
            assert_eq!(
                html.matches("<script").count(),
                2,
                "only the scripts of the site"
            );
            assert!(!html.contains("alert(1)</script>") && !html.contains(" onload=\"x"));
            let opened = html.matches("<svg").count();
            assert_eq!(opened, html.matches("</svg>").count());
        }
    }
}

/// The verdicts and counts of one tool for some patterns of the server.
pub fn measurement(tool: &str, cells: &[ToolCell]) -> ToolRecord {
    let mut run = history(1).remove(0);
    run.commit.sha = tool.to_owned();
    ToolRecord {
        provenance: (&run).into(),
        subject: ToolSubject::Server,
        repetitions: 1260,
        tools: vec![ToolRow {
            tool: tool.to_owned(),
            version: Some(tool.to_owned()),
            cells: cells.to_vec(),
        }],
        agreement: Some(ToolAgreement {
            requests: 1,
            totals: vec![ToolTotal {
                tool: tool.to_owned(),
                blocks: 1,
            }],
        }),
    }
}

pub fn cell(pattern: &str, verdict: ToolVerdict) -> ToolCell {
    ToolCell {
        pattern: pattern.to_owned(),
        verdict,
        bytes: Some(464.0),
        blocks: None,
        callsite: None,
    }
}

#[test]
fn the_list_is_linked_from_every_page_when_there_is_one_and_from_none_otherwise() {
    let entry = ProfilePage::new(&kept("dhat.json")).entry;
    let with = render_input(&Input {
        profiles: std::slice::from_ref(&entry),
        ..Input::default()
    });
    for (path, html) in with.pages() {
        let links = attributes(html, "href");
        assert!(
            links.iter().any(|link| link.ends_with("profiles.html")),
            "{path}"
        );
    }
    let list = with.text("profiles.html");
    assert!(list.contains(&format!("href=\"{}\"", entry.href)));
    let without = render_input(&Input::default());
    assert!(!without.files.contains_key("profiles.html"));
    assert!(
        without
            .pages()
            .all(|(_, html)| !html.contains("profiles.html"))
    );
}

#[test]
fn a_tool_without_a_rule_is_never_shown_as_clean() {
    let list = |tool: &str| {
        let mut kept = kept("dhat.json");
        kept.tool = tool.to_owned();
        kept.leaks = false;
        let entry = ProfilePage::new(&kept).entry;
        let site = render_input(&Input {
            profiles: std::slice::from_ref(&entry),
            ..Input::default()
        });
        (html(&kept), site.text("profiles.html").to_owned())
    };
    let (page, listed) = list("valgrind-dhat");
    assert!(page.contains("not judged") && listed.contains("not judged"));
    assert!(!page.contains("no leak found") && !listed.contains("no leak found"));
    let (page, listed) = list("heaptrack");
    assert!(page.contains("no leak found") && listed.contains("no leak found"));
}

#[test]
fn a_tool_that_cannot_see_a_pattern_states_it_and_shows_no_amount() {
    let cells = [
        cell("cycle", ToolVerdict::Leak),
        cell("cache", ToolVerdict::CannotSee),
    ];
    let site = render_input(&Input {
        tools: &[measurement("memcheck", &cells)],
        ..Input::default()
    });
    let page = site.json("profiles.json");
    let cells = &page["matrix"]["rows"][0]["cells"];
    assert_eq!(
        (&cells[0]["word"], &cells[0]["amount"]),
        (&"leak".into(), &"464 B".into())
    );
    assert_eq!(cells[1]["word"], "cannot see");
    assert!(cells[1]["amount"].is_null());
    assert!(site.text("profiles.html").contains("1,260 requests"));
}
