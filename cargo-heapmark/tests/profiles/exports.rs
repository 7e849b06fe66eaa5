//! Exported profiles, read by independent readers: each reader checks the file against the rules of
//! its format and returns the sums that it finds.

#[path = "exports/dh_view.rs"]
mod dh_view;
#[path = "exports/folded.rs"]
mod folded;
#[path = "exports/pprof.rs"]
mod pprof;
#[path = "exports/speedscope.rs"]
mod speedscope;

use std::io::{self, Write};

use cargo_heapmark::profile::{self, Callsite, Kind, Profile, Tally, Tool};
use heapmark_model::record::Frame;

use super::{OTHERS, OUTPUTS, of, parse, read};

type Export = fn(&Profile, &mut dyn Write) -> io::Result<()>;

fn exported(profile: &Profile, export: Export) -> Vec<u8> {
    let mut out = Vec::new();
    export(profile, &mut out).unwrap();
    out
}

/// The profile of every tool, one with hostile names, and an empty one.
fn all() -> Vec<(String, Profile)> {
    let names = OUTPUTS.into_iter().chain(OTHERS);
    let mut all: Vec<(String, Profile)> = names.map(|name| (name.to_owned(), read(name))).collect();
    all.push(("hostile names".to_owned(), hostile()));
    all.push(("nothing".to_owned(), Profile::new(Tool::Dhat)));
    all
}

/// A profile whose names contain separators of frames, lines and texts. Some call stacks are equal
/// once these are replaced, or differ only in their kind.
fn hostile() -> Profile {
    let mut profile = Profile::new(Tool::Dhat);
    let names = [
        "a;b",
        "a:b",
        "line\nbreak",
        "line break",
        "",
        " ",
        "ends 12",
        "#comment",
        "q\"\\\u{0}",
        "\u{2028}",
        "fn (file.rs:3)",
        "日本語",
        "\t",
    ];
    profile.frames = names
        .iter()
        .map(|name| Frame {
            function: (*name).to_owned(),
            file: "src/a\nb;c.rs".to_owned(),
            line: 3,
        })
        .collect();
    profile.frames.push(Frame {
        function: "fn".to_owned(),
        file: String::new(),
        line: 0,
    });
    let frames = profile.frames.len() as u32;
    let stacks = (0..frames).map(|frame| vec![frame, frames - 1]);
    let stacks = stacks.chain([vec![], vec![0], vec![0], vec![1], vec![0, 1, 0]]);
    for (number, stack) in stacks.enumerate() {
        for kind in [None, Some(Kind::Lost)] {
            profile.callsites.push(Callsite {
                stack: stack.clone(),
                total: Tally::new(2, 10 + number as u64),
                peak: Tally::new(1, 5),
                end: Tally::new(1, 3),
                highest: Tally::new(1, 9),
                lifetime: Some(7),
                kind,
                ..Callsite::default()
            });
        }
    }
    profile
}

/// The sum of the number that formats with a single number export.
fn weight(profile: &Profile) -> u64 {
    let ways: [fn(&Callsite) -> Tally; 3] = [|site| site.total, |site| site.peak, |site| site.end];
    let known = ways.map(|way| profile.sum(way).bytes);
    known.into_iter().flatten().next().unwrap_or_default()
}

#[test]
fn dhats_viewer_opens_every_profile_and_sums_up_the_same() {
    for (name, profile) in all() {
        let file = exported(&profile, profile::dhat);
        let sums = dh_view::open(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(sums.total, weight(&profile), "{name}");
        if let (true, Some(end)) = (sums.lives, profile.sum(|site| site.end).bytes) {
            assert_eq!(sums.end, end, "{name}");
            assert_eq!(
                Some(sums.peak),
                profile.sum(|site| site.peak).bytes,
                "{name}"
            );
        }
        let again = parse(&file);
        assert_eq!(weight(&again), weight(&profile), "{name}");
        let lives = profile.sum(|site| site.end).bytes.is_some() && sums.lives;
        if lives && name != "hostile names" {
            assert_eq!(
                again.sum(|site| site.total),
                profile.sum(|site| site.total),
                "{name}"
            );
            assert_eq!(
                again.sum(|site| site.end),
                profile.sum(|site| site.end),
                "{name}"
            );
            assert_eq!(again.peak_at, profile.peak_at, "{name}");
        }
    }
    let again = parse(exported(&read("heaptrack.zst"), profile::dhat));
    assert_eq!(of(&again, "keep", |site| site.end), Tally::new(10, 640));
}

#[test]
fn points_that_differ_only_in_addresses_are_one_point_in_dhats_file() {
    let file = exported(&read("dhat-equal-names.json"), profile::dhat);
    let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
    let point = serde_json::json!({
        "tb": 150, "tbk": 3, "tl": 75, "mb": null, "mbk": null,
        "gb": 150, "gbk": 3, "eb": 50, "ebk": 1, "fs": [1, 2],
    });
    assert_eq!(file["pps"], serde_json::json!([point]));
    assert_eq!((&file["tg"], &file["te"]), (&120.into(), &500.into()));
    // A point that was not merged keeps its maxima.
    let file = exported(&read("dhat.json"), profile::dhat);
    let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
    let points = file["pps"].as_array().unwrap();
    assert!(points.iter().any(|point| point["mb"].as_u64() > Some(0)));
    let without = exported(&read("dhat-no-lifetimes.json"), profile::dhat);
    let without: serde_json::Value = serde_json::from_slice(&without).unwrap();
    assert_eq!(without["bklt"], false);
    assert!(without["pps"][0].get("eb").is_none() && without.get("tg").is_none());
}

#[test]
fn the_file_for_dhats_viewer_names_the_measure_of_a_tool_without_totals() {
    let massif: serde_json::Value =
        serde_json::from_slice(&exported(&read("massif.out"), profile::dhat)).unwrap();
    assert_eq!(
        (&massif["verb"], &massif["bklt"]),
        (&"Live at the peak".into(), &false.into())
    );
    assert!(massif["pps"][0]["tbk"].is_null());
    let lsan: serde_json::Value =
        serde_json::from_slice(&exported(&read("lsan.txt"), profile::dhat)).unwrap();
    assert_eq!(lsan["verb"], "Left at the end");
    let ways: [fn(&Callsite) -> Tally; 3] = [|site| site.total, |site| site.peak, |site| site.end];
    for name in ["massif.out", "lsan.txt"] {
        let (profile, again) = (read(name), parse(exported(&read(name), profile::dhat)));
        for way in ways {
            assert_eq!(again.sum(way).bytes, profile.sum(way).bytes, "{name}");
        }
    }
}

#[test]
fn the_strict_reader_of_dhats_files_refuses_what_the_viewer_refuses() {
    let whole = exported(&read("dhat.json"), profile::dhat);
    let spoilt = |spoil: fn(&mut serde_json::Value)| {
        let mut file = serde_json::from_slice(&whole).unwrap();
        spoil(&mut file);
        dh_view::open(file.to_string().as_bytes()).unwrap_err()
    };
    assert!(spoilt(|file| file["pps"][1] = file["pps"][0].clone()).contains("repeated location"));
    assert!(spoilt(|file| file["pps"][0]["fs"] = serde_json::json!([1 << 20])).contains("frame"));
    assert!(spoilt(|file| file["ftbl"][0] = "main".into()).contains("[root]"));
    assert!(spoilt(|file| drop(file.as_object_mut().unwrap().remove("tg"))).contains("tg"));
    assert!(spoilt(|file| file["pps"][0]["gb"] = u64::MAX.into()).contains("gb"));
}

#[test]
fn folded_stacks_are_lines_that_flame_graph_tools_read_with_the_same_sum() {
    for (name, profile) in all() {
        let text = String::from_utf8(exported(&profile, profile::folded)).unwrap();
        let stacks = folded::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let sum: u64 = stacks.values().sum();
        assert_eq!(sum, weight(&profile), "{name}");
    }
    let text = String::from_utf8(exported(&read("massif-siblings.out"), profile::folded)).unwrap();
    assert_eq!(
        text,
        "main;start;pool 6000\nread_key;text_new 2000\nread_value;text_new 500\n\
         [below massif's threshold] 500\n"
    );
    let text = String::from_utf8(exported(&read("heaptrack.zst"), profile::folded)).unwrap();
    let keep = text
        .lines()
        .find(|line| line.contains("tiny::keep"))
        .unwrap();
    assert!(keep.contains("main;"), "outermost first: {keep}");
    for line in ["a 1.5\n", "a;;b 5\n", "a 1\na 2\n", "a 1", " 5\n", "a\n"] {
        assert!(folded::read(line).is_err(), "{line}");
    }
}

#[test]
fn speedscope_files_keep_the_rules_of_its_schema() {
    for (name, profile) in all() {
        let file = exported(&profile, profile::speedscope);
        let sum = speedscope::read(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(sum, weight(&profile), "{name}");
    }
}

#[test]
fn a_foreign_decoder_reads_the_same_stacks_and_sums_from_pprofs_format() {
    for (name, profile) in all() {
        let file = exported(&profile, profile::pprof);
        let read = pprof::read(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let known = |tally: Tally| {
            let known = [tally.blocks, tally.bytes];
            known.map(|number| number.unwrap_or_default() as i64)
        };
        let (total, end) = (profile.sum(|site| site.total), profile.sum(|site| site.end));
        let [blocks, bytes] = known(total);
        let [left, live] = known(end);
        assert_eq!(read.sums, [blocks, bytes, left, live], "{name}");
        for site in &profile.callsites {
            let frames = profile.stack(site);
            let frames = frames.map(|frame| {
                (
                    frame.function.clone(),
                    frame.file.clone(),
                    i64::from(frame.line),
                )
            });
            let stack: Vec<pprof::Location> = frames.collect();
            assert!(
                read.stacks.contains(&stack),
                "{name}: innermost first on both sides"
            );
        }
    }
}
