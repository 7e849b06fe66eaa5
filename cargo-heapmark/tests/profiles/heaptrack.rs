//! heaptrack's file formats in all versions, and suppressed leaks.

use cargo_heapmark::profile::Tally;

use super::{parse, read, refused, stacks, summary};

/// The lines after the texts `/app`, `f g`, `a b.rs` and `h` in each format: `h`, called by `f g`,
/// allocates two blocks of 16 bytes, of which one is left.
const EVENTS: &str = "i 10 1 2 3 7 4 3 9\nt 1 0\na 10 1\n+ 0\nc a\n+ 0\n- 0\n";

fn log(version: &str, texts: [&str; 4]) -> String {
    let texts = texts.map(|text| format!("s {text}\n")).concat();
    format!("v {version}\nX ./app\nI 1000 1\n{texts}{EVENTS}")
}

#[test]
fn each_format_of_a_log_is_read_by_its_number() {
    let plain = ["/app", "f g", "a b.rs", "h"];
    let sized = ["4 /app", "3 f g", "6 a b.rs", "1 h"];
    for (version, texts) in [
        ("10200", plain),
        ("10000 1", plain),
        ("10100 2", plain),
        ("10200 2", plain),
        ("10300 3", sized),
        ("10600 3", sized),
    ] {
        let profile = parse(log(version, texts));
        let site = &profile.callsites[0];
        let frames = profile.stack(site);
        let frames: Vec<(&str, &str, u32)> = frames
            .map(|frame| (&*frame.function, &*frame.file, frame.line))
            .collect();
        assert_eq!(
            frames,
            [("f g", "a b.rs", 7), ("h", "a b.rs", 9)],
            "{version}"
        );
        assert_eq!(site.total, Tally::new(2, 32), "{version}");
        assert_eq!(site.peak, Tally::new(2, 32), "{version}");
        assert_eq!(site.end, Tally::new(1, 16), "{version}");
        assert_eq!(profile.peak_at, Some(10), "{version}");
    }
}

#[test]
fn other_formats_are_refused_by_their_number() {
    for (version, reason) in [
        ("20000 4", "line 1: format 4 of heaptrack 2.0.0"),
        ("10000 0", "line 1: format 0"),
        ("9900", "line 1: format 0"),
        ("10500 1f", "line 1: format 31"),
    ] {
        let said = refused(log(version, ["a", "b", "c", "d"]));
        assert!(said.starts_with(reason), "{said}");
    }
    let short = refused("v 10300 3\ns 9 abc\n");
    assert!(short.starts_with("line 2: a text is shorter"), "{short}");
}

#[test]
fn a_log_that_was_not_interpreted_is_refused_with_the_command_that_does_it() {
    let raw =
        "v 10400 3\nx 9 /tmp/ht/l\nX ./l\nI 1000 5e298d\nm 1 -\nt 7faa30855b9f 0\n+ 64 1 55f0\n";
    let module = raw.replace("x 9 /tmp/ht/l\n", "");
    for raw in [raw, &module] {
        let said = refused(raw);
        assert!(said.contains("heaptrack --interpret FILE"), "{said}");
    }
}

#[test]
fn memory_that_a_program_suppresses_is_not_a_leak_and_is_counted() {
    // Written by heaptrack 1.4 for a program that suppresses `keep_me`.
    let profile = read("heaptrack-suppressed.txt");
    let left: Vec<(String, u64)> = stacks(&profile, |site| site.end)
        .into_iter()
        .filter(|(_, bytes)| *bytes > 0)
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(
        left[0].0.ends_with("main;other") && left[0].1 == 50,
        "{left:?}"
    );
    assert_eq!(profile.sum(|site| site.end), Tally::new(1, 50));
    assert_eq!(
        profile.sum(|site| site.total).blocks,
        Some(3),
        "suppressed blocks count in the total"
    );
    let text = summary(&profile);
    assert!(
        text.contains("`leak:keep_me` hides 1 block, 100 B"),
        "{text}"
    );
}

#[test]
fn suppressions_match_functions_files_and_modules_in_every_format_of_their_line() {
    for line in [
        "S leak:f g",
        "S 8 leak:^f g$",
        "S leak:*b.rs$",
        "S leak:/app",
        "S leak:nothing\nS leak:h",
    ] {
        let text = log("10100 2", ["/app", "f g", "a b.rs", "h"]);
        let text = text.replace("I 1000 1\n", &format!("I 1000 1\n{line}\n"));
        let profile = parse(text);
        assert_eq!(profile.callsites[0].end, Tally::new(0, 0), "{line}");
        assert!(
            profile.warnings.iter().any(|said| said.contains("hides")),
            "{line}"
        );
    }
    let text = log("10100 2", ["/app", "f g", "a b.rs", "h"]);
    let text = text.replace(
        "X ./app\n",
        "X ./app\nS leak:other\n# S leak:h\nS # no\nS fun:h\n",
    );
    let profile = parse(text);
    assert_eq!(profile.callsites[0].end, Tally::new(1, 16));
    assert!(summary(&profile).contains("1 suppression of an unknown kind"));
}

#[test]
fn a_number_that_is_cut_off_is_not_read_as_another_number() {
    let text = log("10100 2", ["/app", "f g", "a b.rs", "h"]);
    let profile = parse(text.clone() + "a 10 1\n+");
    assert_eq!(profile.callsites[0].total, Tally::new(2, 32));
    assert!(summary(&profile).contains("is truncated"));
    let cut = text.trim_end();
    assert_eq!(
        parse(cut).callsites[0].end,
        Tally::new(2, 32),
        "the last free is incomplete"
    );
}

#[test]
fn the_samples_of_a_long_run_are_thinned_and_keep_the_highest() {
    let mut text = log("10100 2", ["/app", "f g", "a b.rs", "h"]);
    for at in 0..600_000 {
        if at == 333_333 {
            text += "+ 0\n+ 0\n+ 0\n";
        }
        text += &format!("c {:x}\nR 1\n", at + 20);
        if at == 333_333 {
            text += "- 0\n- 0\n- 0\n";
        }
    }
    let profile = parse(text);
    assert!(profile.timeline.len() <= 1 << 18);
    let peak = profile.peak_moment().unwrap();
    assert_eq!((peak.at, peak.live), (333_353, Tally::new(4, 64)));
    assert!(profile.timeline.is_sorted_by_key(|moment| moment.at));
}
