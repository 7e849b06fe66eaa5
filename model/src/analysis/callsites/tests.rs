//! Tests that changed amounts are reported for the right own lines, and refactorings are not.

use super::{MovedLines, callsites};
use crate::record::{Callsite, Frame};

/// A call site with these amounts. Frames are `file:line function`, innermost first.
fn site(allocs: i64, bytes: i64, frames: &[&str]) -> Callsite {
    let frames = frames.iter().map(|text| {
        let (place, function) = text.split_once(' ').unwrap();
        let (file, line) = place.split_once(':').unwrap();
        Frame {
            function: function.to_owned(),
            file: file.to_owned(),
            line: line.parse().unwrap(),
        }
    });
    Callsite {
        allocs,
        bytes,
        frames: frames.collect(),
        ..Callsite::default()
    }
}

/// These files were edited, and none of their lines stayed the same.
fn edited(files: &[&str]) -> MovedLines {
    let mut moved = MovedLines::default();
    for file in files {
        moved.insert(file, std::collections::BTreeMap::new());
    }
    moved
}

/// None of the user's own files was edited.
fn unedited() -> MovedLines {
    MovedLines::default()
}

#[test]
fn the_call_site_that_allocates_more_is_named_with_its_present_line() {
    let base = [
        site(1, 64, &["src/a.rs:10 a::parse", "benches/b.rs:5 b::case"]),
        site(2, 16, &["src/c.rs:7 c::keep", "benches/b.rs:5 b::case"]),
    ];
    let head = [
        site(2, 112, &["src/a.rs:14 a::parse", "benches/b.rs:5 b::case"]),
        site(2, 16, &["src/c.rs:9 c::keep", "benches/b.rs:5 b::case"]),
    ];
    let moved = edited(&["src/a.rs", "src/c.rs"]);
    let found = callsites(&base, &head, &moved);
    let more = site(1, 48, &["src/a.rs:14 a::parse", "benches/b.rs:5 b::case"]);
    assert_eq!(found, [more]);
    let fewer = callsites(&head, &base, &moved);
    assert_eq!((fewer[0].allocs, fewer[0].bytes), (-1, -48));
}

#[test]
fn code_that_moved_was_renamed_split_or_merged_is_not_named() {
    let case = "benches/b.rs:5 b::case";
    let more = site(1, 8, &["src/new.rs:1 new::made", case]);
    let base = site(2, 64, &["src/a.rs:10 a::parse", case]);
    for head in [
        vec![site(2, 64, &["src/b.rs:90 b::parse", case])],
        vec![site(2, 64, &["src/a.rs:12 a::parse_all", case])],
        vec![
            site(
                1,
                40,
                &["src/a.rs:12 a::first", "src/a.rs:3 a::parse", case],
            ),
            site(
                1,
                24,
                &["src/a.rs:19 a::second", "src/a.rs:4 a::parse", case],
            ),
        ],
        vec![site(2, 64, &["parse-2.0.1/src/lib.rs:3 parse::it", case])],
    ] {
        let head: Vec<Callsite> = head.into_iter().chain([more.clone()]).collect();
        let moved = edited(&["src/a.rs", "src/b.rs", "src/new.rs"]);
        let found = callsites(std::slice::from_ref(&base), &head, &moved);
        assert_eq!(found, std::slice::from_ref(&more), "{head:?}");
    }
}

#[test]
fn another_version_of_a_crate_is_the_same_crate() {
    let base = site(
        1,
        32,
        &[
            "http-1.0.0/src/map.rs:7 http::map::HeaderMap<T>::grow",
            "benches/b.rs:5 b::case",
        ],
    );
    let head = site(
        1,
        32,
        &[
            "http-1.2.0/src/map.rs:9 http::map::HeaderMap<T>::grow",
            "benches/b.rs:5 b::case",
        ],
    );
    let found = callsites(std::slice::from_ref(&base), &[head], &unedited());
    assert_eq!(found, []);
    let larger = site(
        1,
        40,
        &[
            "http-1.2.0/src/map.rs:9 http::map::HeaderMap<T>::grow",
            "benches/b.rs:5 b::case",
        ],
    );
    let found = callsites(&[base], &[larger], &unedited());
    assert_eq!((found.len(), found[0].allocs, found[0].bytes), (1, 0, 8));
}

#[test]
fn each_own_line_that_calls_the_same_function_is_a_separate_call_site() {
    let grow = "x-1.0.0/src/l.rs:51 x::grow";
    let case = "benches/b.rs:5 b::case";
    let base = [
        site(2, 64, &[grow, "benches/a.rs:7 a::keys", case]),
        site(1, 8, &[grow, "benches/a.rs:13 a::values", case]),
    ];
    let expected = [
        site(-2, -64, &[grow, "benches/a.rs:7 a::keys", case]),
        site(-1, -8, &[grow, "benches/a.rs:13 a::values", case]),
    ];
    assert_eq!(callsites(&base, &[], &unedited()), expected);
}

#[test]
fn an_own_line_with_the_same_total_is_not_named_if_only_its_dependency_changed() {
    let [seven, eight] = ["benches/a.rs:7 a::case", "benches/a.rs:8 a::case"];
    let outer = "benches/a.rs:3 a::run";
    let base = [
        site(5, 432, &["x-1.0.0/src/l.rs:1 x::encode", seven, outer]),
        site(5, 270, &["x-1.0.0/src/l.rs:2 x::decode", eight, outer]),
    ];
    let head = [
        site(5, 432, &["x-2.0.0/src/m.rs:9 x::engine", seven, outer]),
        site(4, 200, &["x-2.0.0/src/m.rs:9 x::engine", eight, outer]),
    ];
    let fewer = site(-1, -70, &["x-2.0.0/src/m.rs:9 x::engine", eight, outer]);
    assert_eq!(callsites(&base, &head, &unedited()), [fewer]);
}

#[test]
fn what_moves_from_one_own_line_to_another_is_named_at_both_unless_the_code_has_moved() {
    let made = "x-1.0.0/src/l.rs:1 x::made";
    let case = "benches/b.rs:5 b::case";
    let base = site(1, 8, &[made, "benches/a.rs:7 a::new", case]);
    let head = site(1, 8, &[made, "benches/a.rs:9 a::new", case]);
    let (base, head) = ([base], [head]);
    let both = callsites(&base, &head, &unedited());
    let lines: Vec<(u32, i64)> = both
        .iter()
        .map(|site| (site.frames[1].line, site.allocs))
        .collect();
    assert!(
        lines.contains(&(7, -1)) && lines.contains(&(9, 1)),
        "{lines:?}"
    );
    assert_eq!(callsites(&base, &head, &edited(&["benches/a.rs"])), []);
    let mut moved = edited(&[]);
    moved.insert("benches/a.rs", [(7, 9)].into());
    assert_eq!(
        callsites(&base, &head, &moved),
        [],
        "the line itself has moved"
    );
}

#[test]
fn a_new_line_of_an_edited_function_is_named_and_not_one_that_was_there() {
    let case = "benches/b.rs:5 b::case";
    let base = [
        site(1, 10, &["src/a.rs:10 a::parse", case]),
        site(2, 20, &["src/a.rs:11 a::parse", case]),
    ];
    let head = [
        site(5, 50, &["src/a.rs:10 a::parse", case]),
        site(1, 10, &["src/a.rs:12 a::parse", case]),
        site(2, 20, &["src/a.rs:14 a::parse", case]),
    ];
    let new = site(5, 50, &["src/a.rs:10 a::parse", case]);
    assert_eq!(callsites(&base, &head, &edited(&["src/a.rs"])), [new]);
}

#[test]
fn a_frame_that_a_tail_call_omits_is_not_a_change() {
    let made = "x-1.0.0/src/l.rs:1 x::made";
    let [inner, case] = ["benches/a.rs:7 a::keys", "benches/b.rs:5 b::case"];
    let other = site(1, 1, &[made, "benches/a.rs:9 a::keys", case]);
    let base = site(3, 24, &[made, inner, case]);
    let head = [site(3, 24, &[made, case]), other.clone()];
    assert_eq!(callsites(&[base], &head, &unedited()), [other]);
}

/// Random call sites: several own lines over several functions of a dependency.
fn drawn(random: &mut fastrand::Rng) -> Vec<Callsite> {
    let sites = (0..random.usize(0..8)).map(|_| {
        let inner = format!(
            "x-{}.0.0/src/l.rs:{} x::f{}",
            random.u8(1..3),
            random.u8(1..5),
            random.u8(0..3)
        );
        let middle = format!(
            "x-1.0.0/src/l.rs:{} x::g{}",
            random.u8(1..5),
            random.u8(0..2)
        );
        let own = format!("benches/a.rs:{} a::case", random.u8(1..4));
        let case = format!("benches/b.rs:{} b::run", random.u8(5..7));
        site(
            random.i64(1..4),
            random.i64(1..4),
            &[&inner, &middle, &own, &case],
        )
    });
    sites.collect()
}

/// The allocations and bytes of each pair of own lines.
fn by_own_lines(sites: &[Callsite], sign: i64) -> std::collections::BTreeMap<[u32; 2], [i64; 2]> {
    let mut sums = std::collections::BTreeMap::new();
    for site in sites {
        let lines = [2, 3].map(|own: usize| site.frames[own].line);
        let sum: &mut [i64; 2] = sums.entry(lines).or_default();
        sum[0] += sign * site.allocs;
        sum[1] += sign * site.bytes;
    }
    sums
}

#[test]
fn what_is_named_for_an_own_line_sums_up_to_its_whole_difference_and_no_other_line_is_named() {
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..5_000 {
        let (base, head) = (drawn(&mut random), drawn(&mut random));
        let mut truth = by_own_lines(&head, 1);
        for (lines, [allocs, bytes]) in by_own_lines(&base, -1) {
            let sum = truth.entry(lines).or_default();
            sum[0] += allocs;
            sum[1] += bytes;
        }
        truth.retain(|_, sum| *sum != [0, 0]);
        let found = callsites(&base, &head, &unedited());
        assert_eq!(by_own_lines(&found, 1), truth, "{base:#?} {head:#?}");
    }
}
