//! Reads the outputs of five tools for one program into one model, refuses broken files with an
//! error, and exports profiles again. `tests/fixtures/profiles` contains the outputs.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

mod dhat;
mod exports;
mod heaptrack;
mod limits;
mod lsan;
mod massif;
mod memcheck;
mod names;
mod packed;

use std::fs;
use std::path::PathBuf;

use cargo_heapmark::profile::{self, Callsite, Kind, ParseError, Profile, Tally, Tool};

/// The output of each tool for the same program.
const OUTPUTS: [&str; 5] = [
    "dhat.json",
    "heaptrack.zst",
    "massif.out",
    "memcheck.xml",
    "lsan.txt",
];

/// Outputs that are difficult to read.
const OTHERS: [&str; 9] = [
    "dhat-equal-names.json",
    "dhat-no-lifetimes.json",
    "heaptrack-suppressed.txt",
    "lsan-in-ci-log.txt",
    "massif-no-marked-peak.out",
    "massif-siblings.out",
    "massif-stacks.out",
    "memcheck-clean.xml",
    "memcheck-errors.xml",
];

fn path(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/profiles");
    PathBuf::from(folder).join(name)
}

fn read(name: &str) -> Profile {
    profile::read(&path(name)).unwrap()
}

fn parse(text: impl AsRef<[u8]>) -> Profile {
    profile::parse(text.as_ref()).unwrap()
}

/// Why a text is refused.
fn refused(text: impl AsRef<[u8]>) -> String {
    profile::parse(text.as_ref()).unwrap_err().to_string()
}

fn summary(profile: &Profile) -> String {
    let mut out = Vec::new();
    profile::summary(profile, profile::Ranking::End, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Each call site as its functions, outermost first, and the bytes of one of its tallies.
fn stacks(profile: &Profile, tally: fn(&Callsite) -> Tally) -> Vec<(String, u64)> {
    let sites = profile.callsites.iter().map(|site| {
        let mut names: Vec<&str> = profile.stack(site).map(|frame| &*frame.function).collect();
        names.reverse();
        (names.join(";"), tally(site).bytes.unwrap())
    });
    sites.collect()
}

/// The sum over the call sites in the function of the program with this name.
fn of(profile: &Profile, function: &str, tally: fn(&Callsite) -> Tally) -> Tally {
    let sites = profile.callsites.iter();
    let own = sites.filter(|site| {
        let mut stack = profile.stack(site);
        stack.any(|frame| frame.path().ends_with(function) && frame.file.ends_with("tiny.rs"))
    });
    let own: Vec<Tally> = own.map(tally).collect();
    assert!(!own.is_empty(), "{function} is in no stack");
    Tally {
        blocks: own.iter().map(|tally| tally.blocks).sum(),
        bytes: own.iter().map(|tally| tally.bytes).sum(),
    }
}

#[test]
fn each_tool_is_recognised_by_what_it_wrote() {
    let tools = [
        Tool::Dhat,
        Tool::Heaptrack,
        Tool::Massif,
        Tool::Memcheck,
        Tool::Lsan,
    ];
    for (name, tool) in OUTPUTS.into_iter().zip(tools) {
        assert_eq!(read(name).tool, tool, "{name}");
    }
}

#[test]
fn tools_that_see_every_block_agree_on_the_planted_ones() {
    for name in ["dhat.json", "heaptrack.zst"] {
        let profile = read(name);
        assert_eq!(
            of(&profile, "keep", |site| site.total),
            Tally::new(100, 6400),
            "{name}"
        );
        assert_eq!(
            of(&profile, "keep", |site| site.end),
            Tally::new(10, 640),
            "{name}"
        );
        assert_eq!(
            of(&profile, "lose", |site| site.end),
            Tally::new(1, 1000),
            "{name}"
        );
    }
    let peak = |name| of(&read(name), "keep", |site| site.peak);
    assert_eq!(peak("dhat.json"), peak("heaptrack.zst"));
    let blocks = |name| read(name).sum(|site| site.total).blocks.unwrap();
    assert!(blocks("dhat.json").abs_diff(blocks("heaptrack.zst")) <= 5);
}

#[test]
fn memcheck_and_the_sanitizer_report_only_lost_blocks_as_lost() {
    for name in ["memcheck.xml", "lsan.txt"] {
        let profile = read(name);
        assert_eq!(
            of(&profile, "lose", |site| site.end),
            Tally::new(1, 1000),
            "{name}"
        );
        let lost = profile
            .callsites
            .iter()
            .filter(|site| site.kind == Some(Kind::Lost));
        assert_eq!(lost.count(), 1, "{name}");
    }
}

#[test]
fn massif_knows_the_bytes_of_its_peak_and_no_blocks() {
    let profile = read("massif.out");
    let peak = of(&profile, "keep", |site| site.peak);
    assert!(peak.bytes.unwrap() >= 3000, "{peak:?}");
    assert_eq!(peak.blocks, None);
    let highest = profile
        .timeline
        .iter()
        .filter_map(|moment| moment.live.bytes)
        .max();
    let stacks: u64 = profile
        .callsites
        .iter()
        .filter_map(|site| site.peak.bytes)
        .sum();
    assert_eq!(highest, Some(stacks), "the call stacks add up to the peak");
}

#[test]
fn numbers_that_a_tool_does_not_know_are_absent() {
    let memcheck = read("memcheck.xml");
    assert!(
        memcheck
            .callsites
            .iter()
            .all(|site| site.total == Tally::default())
    );
    assert!(memcheck.timeline.is_empty());
    assert_eq!(memcheck.command.as_deref(), Some("./tiny"));
}

#[test]
fn files_that_are_cut_off_or_spoilt_are_errors_or_profiles_and_never_panics() {
    let mut random = fastrand::Rng::with_seed(5);
    for name in OUTPUTS.into_iter().chain(OTHERS) {
        let whole = fs::read(path(name)).unwrap();
        for _ in 0..100 {
            let cut = &whole[..random.usize(..whole.len())];
            told(cut);
            let mut spoilt = whole.clone();
            for _ in 0..random.usize(1..20) {
                let place = random.usize(..spoilt.len());
                spoilt[place] = match random.bool() {
                    true => random.u8(..),
                    // Replacing a digit by another keeps the file well-formed.
                    false => b'0' + random.u8(..10),
                };
            }
            told(&spoilt);
            let mut lines: Vec<&[u8]> = whole.split(|byte| *byte == b'\n').collect();
            let (one, other) = (random.usize(..lines.len()), random.usize(..lines.len()));
            lines.swap(one, other);
            lines.remove(random.usize(..lines.len()));
            told(&lines.join(&b'\n'));
        }
    }
    // Two formats mark their end.
    for name in ["dhat.json", "memcheck.xml"] {
        let whole = fs::read(path(name)).unwrap();
        assert!(profile::parse(&whole[..whole.len() / 2]).is_err(), "{name}");
    }
}

/// Every profile that can be read can also be summarised and exported.
fn told(input: &[u8]) {
    if let Ok(profile) = profile::parse(input) {
        for by in [profile::Ranking::End, profile::Ranking::Peak] {
            profile::summary(&profile, by, &mut Vec::new()).unwrap();
        }
        let exports = [
            profile::folded,
            profile::pprof,
            profile::dhat,
            profile::speedscope,
        ];
        for export in exports {
            export(&profile, &mut Vec::new()).unwrap();
        }
    }
}

#[test]
fn the_peak_of_a_log_is_the_live_memory_when_most_bytes_were_live() {
    let log = "v 10400 3\ns 1 f\ns 4 a.rs\ni 1 0 1 2 7\ni 2 0 1 2 9\nt 1 0\nt 2 0\n\
        a 10 1\na 100 2\n+ 0\n+ 0\n- 0\n+ 1\n- 1\n+ 0\n- 0\n- 0\n";
    let profile = profile::parse(log.as_bytes()).unwrap();
    let peaks: Vec<Tally> = profile.callsites.iter().map(|site| site.peak).collect();
    assert_eq!(peaks, [Tally::new(1, 0x10), Tally::new(1, 0x100)]);
}

#[test]
fn a_file_that_is_not_a_profile_is_refused_with_its_path_and_the_known_formats() {
    for text in ["", "hello\n", "{}", "<html></html>"] {
        assert!(
            matches!(profile::parse(text.as_bytes()), Err(ParseError::Unknown)),
            "{text}"
        );
    }
    let error = profile::read(&path("README.md")).unwrap_err().to_string();
    assert!(
        error.contains("README.md") && error.contains("heaptrack"),
        "{error}"
    );
    let hostile = "v 10400 3\na ffffffffffffffff 0\n+ 0\n+ 0\nt 1 1\n";
    let error = profile::parse(hostile.as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("line 5: "), "{error}");
}

#[test]
fn the_summary_names_the_line_that_holds_most() {
    let text = summary(&read("heaptrack.zst"));
    assert!(
        text.contains("1,000 B") || text.contains("1000 B"),
        "{text}"
    );
    assert!(
        text.contains("tiny.rs:") && text.contains("tiny::lose"),
        "{text}"
    );
}
