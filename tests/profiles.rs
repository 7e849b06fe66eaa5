//! What five tools say of one program is one model, whatever is wrong with their files is an
//! error, and what is exported says the same again. `tests/fixtures/profiles` has the outputs.
#![cfg(feature = "report")]
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::fs;
use std::path::PathBuf;

use heapmark::profile::{self, Callsite, Kind, ParseError, Profile, Tally, Tool};

const OUTPUTS: [&str; 5] = [
    "dhat.json",
    "heaptrack.zst",
    "massif.out",
    "memcheck.xml",
    "lsan.txt",
];

fn path(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/profiles");
    PathBuf::from(folder).join(name)
}

fn read(name: &str) -> Profile {
    profile::read(&path(name)).unwrap()
}

/// The sum of what came from the program's function of that name.
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
            Tally::of(100, 6400),
            "{name}"
        );
        assert_eq!(
            of(&profile, "keep", |site| site.end),
            Tally::of(10, 640),
            "{name}"
        );
        assert_eq!(
            of(&profile, "lose", |site| site.end),
            Tally::of(1, 1000),
            "{name}"
        );
    }
    let peak = |name| of(&read(name), "keep", |site| site.peak);
    assert_eq!(peak("dhat.json"), peak("heaptrack.zst"));
    let blocks = |name| read(name).sum(|site| site.total).blocks.unwrap();
    assert!(blocks("dhat.json").abs_diff(blocks("heaptrack.zst")) <= 5);
}

#[test]
fn memcheck_and_the_sanitizer_name_what_is_lost_and_nothing_else_as_lost() {
    for name in ["memcheck.xml", "lsan.txt"] {
        let profile = read(name);
        assert_eq!(
            of(&profile, "lose", |site| site.end),
            Tally::of(1, 1000),
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
    assert_eq!(
        highest,
        Some(stacks),
        "the stacks of the peak are all of it"
    );
}

#[test]
fn what_a_tool_does_not_know_is_absent() {
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
    for name in OUTPUTS {
        let whole = fs::read(path(name)).unwrap();
        for _ in 0..150 {
            let cut = &whole[..random.usize(..whole.len())];
            drop(profile::parse(cut));
            let mut spoilt = whole.clone();
            for _ in 0..random.usize(1..20) {
                let place = random.usize(..spoilt.len());
                spoilt[place] = random.u8(..);
            }
            drop(profile::parse(&*spoilt));
        }
    }
    // Two formats say themselves where they end.
    for name in ["dhat.json", "memcheck.xml"] {
        let whole = fs::read(path(name)).unwrap();
        assert!(profile::parse(&whole[..whole.len() / 2]).is_err(), "{name}");
    }
}

#[test]
fn the_peak_of_a_log_is_what_lived_when_most_bytes_did() {
    let log = "v 10400 3\ns 1 f\ns 4 a.rs\ni 1 0 1 2 7\ni 2 0 1 2 9\nt 1 0\nt 2 0\n\
        a 10 1\na 100 2\n+ 0\n+ 0\n- 0\n+ 1\n- 1\n+ 0\n- 0\n- 0\n";
    let profile = profile::parse(log.as_bytes()).unwrap();
    let peaks: Vec<Tally> = profile.callsites.iter().map(|site| site.peak).collect();
    assert_eq!(peaks, [Tally::of(1, 0x10), Tally::of(1, 0x100)]);
}

#[test]
fn a_log_that_was_made_to_use_up_memory_is_refused() {
    let start = "v 10400 3\ns 1 a\ni 1 1 1 1 1\n";
    let deep: String = (0..40_000)
        .map(|stack| format!("t 1 {stack:x}\na 1 {:x}\n", stack + 1))
        .collect();
    let logs = [
        (format!("s {}", "a".repeat(1 << 20)), "line 4: it is longer"),
        ("s 0 \n".repeat(1 << 21), "entries of a kind"),
        (deep, "frames of stacks"),
    ];
    for (rest, reason) in logs {
        let log = format!("{start}{rest}");
        let error = profile::parse(log.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn what_is_no_profile_is_refused_with_the_path_and_what_is_known() {
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
fn an_export_to_dhat_reads_as_the_same_profile() {
    for name in ["dhat.json", "heaptrack.zst"] {
        let profile = read(name);
        let mut out = Vec::new();
        profile::dhat(&profile, &mut out).unwrap();
        let again = profile::parse(&*out).unwrap();
        for tally in [|site: &Callsite| site.total, |site: &Callsite| site.end] {
            assert_eq!(again.sum(tally), profile.sum(tally), "{name}");
        }
        assert_eq!(
            of(&again, "keep", |site| site.end),
            Tally::of(10, 640),
            "{name}"
        );
    }
}

#[test]
fn folded_stacks_and_speedscope_weigh_what_the_profile_does() {
    let profile = read("heaptrack.zst");
    let total = profile.sum(|site| site.total).bytes.unwrap();
    let mut folded = Vec::new();
    profile::folded(&profile, &mut folded).unwrap();
    let folded = String::from_utf8(folded).unwrap();
    let weights = folded.lines().map(|line| line.rsplit_once(' ').unwrap().1);
    let sum: u64 = weights.map(|weight| weight.parse::<u64>().unwrap()).sum();
    assert_eq!(sum, total);
    let keep = folded.lines().find(|line| line.contains("tiny::keep"));
    assert!(
        keep.is_some_and(|line| line.contains("main;")),
        "outermost first: {keep:?}"
    );

    let mut out = Vec::new();
    profile::speedscope(&profile, &mut out).unwrap();
    let scope: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(scope["profiles"][0]["endValue"], total);
    let frames = scope["shared"]["frames"].as_array().unwrap().len();
    assert_eq!(frames, profile.frames.len());
}

#[test]
fn the_summary_names_the_line_that_holds_most() {
    let mut out = Vec::new();
    profile::summary(&read("heaptrack.zst"), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains("1,000 B") || text.contains("1000 B"),
        "{text}"
    );
    assert!(
        text.contains("tiny.rs:") && text.contains("tiny::lose"),
        "{text}"
    );
}

/// The part of `profile.proto` that a heap profile uses, by its published field numbers.
mod proto {
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Whole {
        #[prost(message, repeated, tag = "1")]
        pub sample_type: Vec<ValueType>,
        #[prost(message, repeated, tag = "2")]
        pub sample: Vec<Sample>,
        #[prost(message, repeated, tag = "4")]
        pub location: Vec<Location>,
        #[prost(message, repeated, tag = "5")]
        pub function: Vec<Function>,
        #[prost(string, repeated, tag = "6")]
        pub string_table: Vec<String>,
        #[prost(int64, tag = "14")]
        pub default_sample_type: i64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct ValueType {
        #[prost(int64, tag = "1")]
        pub r#type: i64,
        #[prost(int64, tag = "2")]
        pub unit: i64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Sample {
        #[prost(uint64, repeated, tag = "1")]
        pub location_id: Vec<u64>,
        #[prost(int64, repeated, tag = "2")]
        pub value: Vec<i64>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Location {
        #[prost(uint64, tag = "1")]
        pub id: u64,
        #[prost(message, repeated, tag = "4")]
        pub line: Vec<Line>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Line {
        #[prost(uint64, tag = "1")]
        pub function_id: u64,
        #[prost(int64, tag = "2")]
        pub line: i64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Function {
        #[prost(uint64, tag = "1")]
        pub id: u64,
        #[prost(int64, tag = "2")]
        pub name: i64,
        #[prost(int64, tag = "4")]
        pub filename: i64,
    }
}

#[test]
fn what_is_exported_to_pprof_is_read_by_a_foreign_decoder_as_the_same_stacks_and_sums() {
    use std::io::Read;
    let profile = read("heaptrack.zst");
    let mut gzipped = Vec::new();
    profile::pprof(&profile, &mut gzipped).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&*gzipped)
        .read_to_end(&mut bytes)
        .unwrap();
    let whole: proto::Whole = prost::Message::decode(&*bytes).unwrap();

    let text = |index: i64| whole.string_table[index as usize].as_str();
    assert_eq!(text(0), "", "the format asks for it");
    let types = whole.sample_type.iter();
    let types: Vec<(&str, &str)> = types
        .map(|one| (text(one.r#type), text(one.unit)))
        .collect();
    assert_eq!(types[1], ("alloc_space", "bytes"));
    assert_eq!(types[2], ("inuse_objects", "count"));
    assert_eq!(text(whole.default_sample_type), "inuse_space");

    assert_eq!(whole.sample.len(), profile.callsites.len());
    for (sample, site) in whole.sample.iter().zip(&profile.callsites) {
        let names = sample.location_id.iter().map(|id| {
            let location = whole.location.iter().find(|one| one.id == *id).unwrap();
            let function = location.line[0].function_id;
            let function = whole
                .function
                .iter()
                .find(|one| one.id == function)
                .unwrap();
            (
                text(function.name),
                text(function.filename),
                location.line[0].line,
            )
        });
        let frames = profile.stack(site);
        let frames = frames.map(|frame| (&*frame.function, &*frame.file, i64::from(frame.line)));
        assert!(
            names.eq(frames),
            "stacks are the innermost first on both sides"
        );
    }
    let sum = |index: usize| -> i64 { whole.sample.iter().map(|one| one.value[index]).sum() };
    let (total, end) = (profile.sum(|site| site.total), profile.sum(|site| site.end));
    let known = [total.blocks, total.bytes, end.blocks, end.bytes];
    let known = known.map(|value| value.unwrap() as i64);
    assert_eq!([sum(0), sum(1), sum(2), sum(3)], known);
}
