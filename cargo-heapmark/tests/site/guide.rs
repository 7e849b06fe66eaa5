//! The guide: the text of site/guide/leak-patterns.md with the measured numbers of each pattern.

use heapmark_model::record::{Growth, Verdict};

use crate::page::render;
use crate::synthetic::{entry_of, history};

#[test]
fn a_pattern_of_the_guide_has_its_text_and_the_numbers_of_the_newest_run() {
    let mut runs = history(2);
    let entry = entry_of(&mut runs[1], "string_allocations/small_string_new");
    entry.case.id = "leak_patterns/know-one-s-parent/problem".to_owned();
    entry.case.variant = "problem".to_owned();
    entry.case.question = Some("know one's parent".to_owned());
    entry.growth = Some(Box::new(Growth {
        verdict: Verdict::Leak,
        declared: Some(Verdict::Leak),
        reason: "as it was planted".to_owned(),
        steps: 12_500,
        bytes_per_million: 56_000_000,
        blocks_per_million: 2_000_000,
        floor: vec![0, 500, 1000],
        ceiling: Vec::new(),
        callsites: Vec::new(),
    }));
    let site = render(&runs);
    let page = site.text("guide/leak-patterns.html");
    let (_, section) = page.split_once("id=\"a-cycle-of-arc\"").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    assert!(section.contains("<strong>Why it happens.</strong>"));
    assert!(
        section.contains("+56 B +2 blocks per iteration"),
        "{section}"
    );
    assert!(!section.contains("mod snippet") && !page.contains("leaks.md\""));
    let leaks = site.text("leaks.html");
    assert!(leaks.contains("href=\"guide/leak-patterns.html#a-cycle-of-arc\""));
}

#[test]
fn a_suite_without_the_patterns_has_no_guide() {
    let site = render(&history(2));
    assert!(!site.files.contains_key("guide/leak-patterns.html"));
    assert!(!site.text("leaks.html").contains("guide/"));
}
