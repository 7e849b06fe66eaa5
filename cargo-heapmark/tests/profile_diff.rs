//! Differences between two profiles: planted changes are named, and code that only moved is not.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::path::PathBuf;

use cargo_heapmark::profile::{self, Profile, Tally};

const OUTPUTS: [&str; 5] = [
    "dhat.json",
    "heaptrack.zst",
    "massif.out",
    "memcheck.xml",
    "lsan.txt",
];

fn read(name: &str) -> Profile {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/profiles");
    profile::read(&PathBuf::from(folder).join(name)).unwrap()
}

fn compared(before: &Profile, after: &Profile) -> profile::Diff {
    let side = |profile| profile::ProfileSide {
        profile,
        requests: None,
    };
    profile::diff(side(before), side(after)).unwrap()
}

#[test]
fn the_same_profile_has_no_difference() {
    for name in OUTPUTS {
        let profile = read(name);
        let diff = compared(&profile, &profile);
        assert_eq!(
            (diff.changed.len(), diff.smaller, diff.is_worse()),
            (0, 0, false),
            "{name}"
        );
    }
}

#[test]
fn only_the_call_site_that_is_added_is_named() {
    let before = read("heaptrack.zst");
    let mut after = before.clone();
    let mut site = after.callsites[0].clone();
    let place = after.frames.len() as u32;
    after.frames.push(heapmark_model::record::Frame {
        function: "tiny::hoard".to_owned(),
        file: "src/tiny/tiny.rs".to_owned(),
        line: 77,
    });
    site.stack = vec![place];
    site.total = Tally::new(100, 64_000);
    site.end = site.total;
    after.callsites.push(site);
    let diff = compared(&before, &after);
    let places: Vec<&str> = diff
        .changed
        .iter()
        .map(|site| site.place.as_str())
        .collect();
    assert_eq!(places, ["src/tiny/tiny.rs:77 tiny::hoard"]);
    assert!(diff.is_worse() && diff.changed[0].more);
    let back = compared(&after, &before);
    assert_eq!((back.changed.len(), back.is_worse()), (1, false));
}

#[test]
fn moved_lines_renamed_functions_and_other_folders_are_not_differences() {
    let before = read("heaptrack.zst");
    let mut after = before.clone();
    for frame in &mut after.frames {
        frame.line += 10;
        frame.function = frame.function.replace("tiny::keep", "tiny::keep_all");
        frame.file = frame.file.replace("/src/tiny/", "/elsewhere/src/tiny/");
    }
    assert!(
        after
            .frames
            .iter()
            .any(|frame| frame.function.contains("keep_all"))
    );
    assert_eq!(compared(&before, &after).changed, []);
    // A rename does not hide that a function allocates more.
    for site in &mut after.callsites {
        site.total = Tally::new(
            site.total.blocks.unwrap() * 2,
            site.total.bytes.unwrap() * 2,
        );
    }
    assert!(compared(&before, &after).is_worse());
}

#[test]
fn allocated_bytes_are_compared_per_request_if_both_counts_are_known() {
    let before = read("heaptrack.zst");
    let mut after = before.clone();
    for site in &mut after.callsites {
        site.total = Tally::new(
            site.total.blocks.unwrap() * 3,
            site.total.bytes.unwrap() * 3,
        );
    }
    let side = |profile, requests| profile::ProfileSide {
        profile,
        requests: Some(requests),
    };
    let diff = profile::diff(side(&before, 100), side(&after, 300)).unwrap();
    assert_eq!((diff.per_request, diff.changed.len()), (true, 0));
    assert!(
        profile::diff(side(&before, 100), side(&after, 100))
            .unwrap()
            .is_worse()
    );
}

#[test]
fn tools_that_know_nothing_in_common_are_not_compared() {
    // massif knows only the peak, and memcheck only the end.
    let (massif, memcheck) = (read("massif.out"), read("memcheck.xml"));
    let side = |profile| profile::ProfileSide {
        profile,
        requests: None,
    };
    let error = profile::diff(side(&massif), side(&memcheck)).unwrap_err();
    assert!(error.to_string().starts_with("not comparable"), "{error}");
}

#[test]
fn two_closures_of_one_file_are_two_call_sites_while_their_lines_stay() {
    let mut before = read("heaptrack.zst");
    for (line, blocks) in [(10, 100), (20, 100)] {
        let place = before.frames.len() as u32;
        before.frames.push(heapmark_model::record::Frame {
            function: "{async_fn#0}".to_owned(),
            file: "src/routes.rs".to_owned(),
            line,
        });
        let mut site = before.callsites[0].clone();
        site.stack = vec![place];
        site.total = Tally::new(blocks, blocks * 64);
        before.callsites.push(site);
    }
    let mut after = before.clone();
    after.callsites.last_mut().unwrap().total = Tally::new(300, 19_200);
    let diff = compared(&before, &after);
    let places: Vec<&str> = diff
        .changed
        .iter()
        .map(|site| site.place.as_str())
        .collect();
    assert_eq!(places, ["src/routes.rs:20 {async_fn#0}"]);
}
