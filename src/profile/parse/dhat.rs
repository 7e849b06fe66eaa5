//! dhat's JSON, version 2, as the crate and valgrind write it.

use std::io::Read;

use serde::Deserialize;

use super::frames::{Frames, split};
use crate::profile::{Callsite, Moment, ParseError, Profile, Tally, Tool};

#[derive(Deserialize)]
struct File {
    #[serde(rename = "dhatFileVersion")]
    version: u32,
    mode: String,
    #[serde(default)]
    cmd: Option<String>,
    #[serde(default)]
    tu: Option<String>,
    #[serde(default)]
    te: Option<u64>,
    #[serde(default)]
    tg: Option<u64>,
    pps: Vec<Point>,
    ftbl: Vec<String>,
}

/// A call stack: totals, its own maximum, at the global maximum, at the end.
#[derive(Deserialize)]
struct Point {
    tb: u64,
    tbk: u64,
    gb: Option<u64>,
    gbk: Option<u64>,
    eb: Option<u64>,
    ebk: Option<u64>,
    fs: Vec<usize>,
}

pub(super) fn parse(input: impl Read) -> Result<Profile, ParseError> {
    let file: File = serde_json::from_reader(input)
        .map_err(|error| ParseError::line(error.line() as u64, error.to_string()))?;
    if file.version != 2 {
        let said = format!("version {} of dhat's format; 2 is known", file.version);
        return Err(ParseError::Content(said));
    }
    let mut profile = Profile::new(Tool::Dhat);
    profile.command = file.cmd;
    profile.clock = file.tu;
    if !file.mode.ends_with("heap") {
        let said = format!("mode `{}` is no heap profile", file.mode);
        return Err(ParseError::Content(said));
    }
    let mut frames = Frames::default();
    let numbers: Vec<u32> = file
        .ftbl
        .iter()
        .map(|text| {
            let (function, place, line) = split(text);
            frames.number(function, place, line)
        })
        .collect();
    for (index, point) in file.pps.into_iter().enumerate() {
        let unknown =
            || ParseError::Content(format!("stack {index} names a frame that is missing"));
        let stack = point.fs.iter().map(|frame| numbers.get(*frame).copied());
        profile.callsites.push(Callsite {
            stack: stack.collect::<Option<_>>().ok_or_else(unknown)?,
            total: Tally::of(point.tbk, point.tb),
            peak: Tally {
                blocks: point.gbk,
                bytes: point.gb,
            },
            end: Tally {
                blocks: point.ebk,
                bytes: point.eb,
            },
            ..Callsite::default()
        });
    }
    for (at, of) in [
        (file.tg, (|site| site.peak) as fn(&Callsite) -> Tally),
        (file.te, |site| site.end),
    ] {
        if let Some(at) = at {
            profile.timeline.push(Moment {
                at,
                live: profile.sum(of),
                resident: None,
            });
        }
    }
    profile.frames = frames.into_inner();
    Ok(profile)
}
