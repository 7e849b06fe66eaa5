//! memcheck's XML: errors that are not leaks, several processes, and files that are cut off.

use std::fs;

use cargo_heapmark::profile::{self, Tally};

use super::{parse, path, read, refused, summary};

fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

#[test]
fn errors_that_are_not_leaks_are_counted_by_their_kind() {
    let profile = read("memcheck-errors.xml");
    assert_eq!(profile.command.as_deref(), Some("./bad 1"));
    assert!(profile.callsites.is_empty());
    let found = profile::found(&profile).unwrap();
    assert_eq!(found, "no leak; 6 other errors from 4 contexts");
    let kinds = profile::other_errors(&profile).unwrap();
    assert_eq!(
        kinds,
        "3 UninitCondition, 1 InvalidFree, 1 InvalidRead, 1 InvalidWrite"
    );
    let text = summary(&profile);
    assert!(text.contains("found  no leak; 6 other errors"), "{text}");
    assert!(
        text.contains("3×  UninitCondition  /src/bad/bad.c:4 branch"),
        "{text}"
    );
}

#[test]
fn a_file_without_any_error_is_reported_as_such() {
    let profile = read("memcheck-clean.xml");
    assert!(summary(&profile).contains("found  no leak; no other error"));
    let left = summary(&read("memcheck.xml"));
    assert!(left.contains("definitely  1 block, 1,000 B"), "{left}");
    assert!(
        left.contains("found  definitely 1 block, 1,000 B; no other error"),
        "{left}"
    );
}

#[test]
fn without_a_leak_check_the_absence_of_leaks_is_not_reported() {
    let blind = text("memcheck-errors.xml").replace("--leak-check=full", "--leak-check=no");
    let profile = parse(blind);
    assert!(
        profile::found(&profile)
            .unwrap()
            .starts_with("leaks not checked; 6 other")
    );
    let own = text("memcheck-errors.xml").replace("<arg>1</arg>", "<arg>--leak-check=no</arg>");
    assert!(profile::found(&parse(own)).unwrap().starts_with("no leak"));
}

#[test]
fn the_outputs_of_several_processes_are_added_up_unless_they_are_mixed() {
    let one = text("memcheck.xml");
    let two = parse(one.clone() + &text("memcheck-errors.xml"));
    let lost = read("memcheck.xml").sum(|site| site.end);
    assert_eq!(two.sum(|site| site.end), lost);
    assert_eq!(two.errors.len(), 4);
    assert_eq!(two.command.as_deref(), Some("./tiny"));
    assert!(summary(&two).contains("outputs of 2 processes"));
    let twice = parse(one.repeat(2)).sum(|site| site.end);
    assert_eq!(twice, lost.plus(lost));
    let mixed = one.replacen("<error>", "<valgrindoutput><error>", 1);
    assert!(refused(mixed).contains("mixed"));
}

#[test]
fn a_file_that_is_cut_off_or_of_another_tool_is_refused() {
    for name in ["memcheck.xml", "memcheck-errors.xml", "memcheck-clean.xml"] {
        let whole = text(name);
        let end = whole.rfind("</valgrindoutput>").unwrap();
        for part in [end, end * 3 / 4, end / 2] {
            assert!(
                profile::parse(&whole.as_bytes()[..part]).is_err(),
                "{name} {part}"
            );
        }
    }
    let two = text("memcheck.xml") + "<?xml version=\"1.0\"?><valgrindoutput>";
    assert!(refused(two).contains("is truncated"));
    let other = "<protocoltool>helgrind</protocoltool>";
    let other = text("memcheck-clean.xml").replace("<protocoltool>memcheck</protocoltool>", other);
    assert!(refused(other).contains("helgrind"));
    let spoilt = text("memcheck.xml").replace("<leakedbytes>1000<", "<leakedbytes>many<");
    assert!(refused(spoilt).contains("`many`"));
    assert_ne!(read("memcheck.xml").sum(|site| site.end), Tally::default());
}
