//! Runs each tool on the patterns, and turns its report into a row.

use anyhow::{Context, Result, bail};
use cargo_heapmark::profile::load::Mix;
use cargo_heapmark::profile::{Callsite, Profile};
use heapmark_model::growth::{Level, judge};
use heapmark_model::record::{Frame, ToolCell, ToolVerdict};

use cargo_heapmark::cli::stop_flag;
use cargo_heapmark::profile::run::{Job, Load, Lost, Measured, ROUNDS, Tool, level, live, measure};

use super::super::{Example, PATTERNS, live_mix};
use super::patterns::{Site, cells as of_sites, innermost, of_places, pattern_of};
use super::{REQUESTS, ROUND};

/// All rounds, including the one that warms up the server.
const ALL_ROUNDS: u64 = ROUNDS as u64 + 1;
/// Number of dhat's files, from servers that received 1, 2, 4 and 8 times the requests.
const FILES: u32 = 4;
/// The last server receives seven times this amount more than the first, which equals the requests
/// of the other tools.
const AMOUNT: u64 = REQUESTS / ((1 << (FILES - 1)) - 1);

pub fn cells(tool: Tool) -> Result<Vec<ToolCell>> {
    match tool {
        Tool::Live => by_endpoint(),
        Tool::Heaptrack => at_marks(),
        Tool::Dhat => by_amounts(),
        Tool::Massif => PATTERNS.iter().map(|pattern| alone(pattern)).collect(),
        Tool::Memcheck | Tool::Lsan => lost(tool),
        Tool::ValgrindDhat | Tool::Plain => bail!("{} has no rule for leaks", tool.name()),
    }
}

fn by_endpoint() -> Result<Vec<ToolCell>> {
    let measured = live::measure(
        &Example { leaky: true },
        &live_mix(true)?,
        ROUND,
        stop_flag(),
    )?;
    let cell = |pattern: &&str| {
        let name = format!("GET /leak/{pattern}");
        let endpoint = measured.endpoints.iter().find(|one| one.name == name);
        let endpoint =
            endpoint.with_context(|| format!("the live profile has no endpoint `{name}`"))?;
        let places = endpoint.places.iter();
        let places = places.filter_map(|place| Some((place.frame.clone()?, place.slope)));
        Ok(of_places(pattern, &places.collect::<Vec<_>>()))
    };
    PATTERNS.iter().map(cell).collect()
}

/// heaptrack's log contains the live memory of each stack at each sample.
fn at_marks() -> Result<Vec<ToolCell>> {
    let profile = all_patterns(Tool::Heaptrack, ALL_ROUNDS * ROUND)?;
    let sites = profile.callsites.iter().map(|site| Site {
        frames: frames(&profile, site),
        levels: site.marks.iter().copied().map(level).collect(),
    });
    Ok(of_sites(&sites.collect::<Vec<_>>(), ROUND))
}

/// dhat's file contains the live memory of each stack at exit. The file of one server shows no
/// growth, so the files of several servers are compared. Each server receives twice as many
/// requests as the one before: a buffer that doubles at another moment in each server could shrink
/// between two servers that are closer.
fn by_amounts() -> Result<Vec<ToolCell>> {
    let mut sites = Vec::new();
    for number in 0..FILES {
        let profile = all_patterns(Tool::Dhat, AMOUNT << number)?;
        sites.extend(profile.callsites.iter().map(|site| {
            let mut levels = vec![Level::default(); FILES as usize];
            levels[number as usize] = level(site.end);
            Site {
                frames: frames(&profile, site),
                levels,
            }
        }));
    }
    // Between the first and the last server lie as many requests as in this number of rounds of
    // this size.
    Ok(of_sites(&sites, REQUESTS / u64::from(FILES - 1)))
}

/// massif reports the sum over all stacks at a sample, so each pattern is run on its own server.
fn alone(pattern: &str) -> Result<ToolCell> {
    let mix = mix(&[pattern])?;
    let measured = of_example(Tool::Massif, mix, ALL_ROUNDS * ROUND)?;
    let levels = measured.marks.as_ref().map(|marks| &*marks.levels);
    let slope =
        judge(levels.unwrap_or_default(), ROUND).context("massif took too few snapshots")?;
    let profile = &measured.verdict.profile;
    let leaks = measured.verdict.leaks;
    let own = profile
        .callsites
        .iter()
        .filter(|site| pattern_of(&frames(profile, site)) == Some(pattern));
    let most = own.max_by_key(|site| site.peak.bytes).filter(|_| leaks);
    Ok(ToolCell {
        pattern: pattern.to_owned(),
        verdict: if leaks {
            ToolVerdict::Leak
        } else {
            ToolVerdict::Nothing
        },
        bytes: leaks.then_some(slope.bytes),
        blocks: None,
        callsite: most.and_then(|site| innermost(&frames(profile, site))),
    })
}

/// memcheck and LeakSanitizer find only memory to which no pointer is left, however much other
/// memory grows.
fn lost(tool: Tool) -> Result<Vec<ToolCell>> {
    let requests = ALL_ROUNDS * ROUND;
    let profile = all_patterns(tool, requests)?;
    let cell = |pattern: &&str| {
        let is_own = |site: &&Callsite| pattern_of(&frames(&profile, site)) == Some(*pattern);
        let lost = Lost::among(tool, profile.callsites.iter().filter(is_own));
        let first = lost.sites.first();
        let each = |sum: u64| first.map(|_| sum as f64 / requests as f64);
        ToolCell {
            pattern: (*pattern).to_owned(),
            verdict: match first {
                Some(_) => ToolVerdict::Leak,
                None => ToolVerdict::CannotSee,
            },
            bytes: each(lost.bytes),
            blocks: each(lost.blocks),
            callsite: first.and_then(|site| innermost(&frames(&profile, site))),
        }
    };
    Ok(PATTERNS.iter().map(cell).collect())
}

/// The profile of a server that received this many requests for each pattern.
fn all_patterns(tool: Tool, requests: u64) -> Result<Profile> {
    let all = requests * PATTERNS.len() as u64;
    Ok(of_example(tool, mix(&PATTERNS)?, all)?.verdict.profile)
}

/// Profiles the leaky example server under this many requests of a mix.
fn of_example(tool: Tool, mix: Mix, requests: u64) -> Result<Measured> {
    measure(
        tool,
        &Job {
            subject: &Example { leaky: true },
            load: Some(Load::of_requests(mix, requests)),
            stop: stop_flag(),
        },
    )
}

fn mix(patterns: &[&str]) -> Result<Mix> {
    let request = |pattern: &&str| format!("[[request]]\npath = \"/leak/{pattern}\"\n");
    Ok(Mix::parse(
        &patterns.iter().map(request).collect::<String>(),
    )?)
}

fn frames(profile: &Profile, site: &Callsite) -> Vec<Frame> {
    profile.stack(site).cloned().collect()
}
