//! Compares two profiles of one program by call site: which allocate more now, and which less.
//!
//! ```text
//!  before ─┐ by own functions,                   ┌ all of it small ─▶ counted
//!          ├ whatever their lines, ─▶ difference ┼ its caller nets to zero ─▶ moved code, dropped
//!  after ──┘ generics and versions               └ else ─▶ reported, the largest first
//! ```

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Callsite, Layer, Profile, Tally, layer, place, place_of};
use crate::record::Frame;

/// Two runs of the same server differ by up to this share of the whole.
pub const NOISE: f64 = 0.005;

/// A quantity by which call sites are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Allocated blocks; per request, if the requests are known.
    Blocks,
    /// Allocated bytes; per request, if the requests are known.
    Bytes,
    /// Live bytes at the peak.
    PeakBytes,
    /// Live blocks at the end.
    EndBlocks,
    /// Live bytes at the end.
    EndBytes,
}

const MEASURES: [Measure; 5] = [
    Measure::Blocks,
    Measure::Bytes,
    Measure::PeakBytes,
    Measure::EndBlocks,
    Measure::EndBytes,
];

/// A profile to compare, and the requests that its server answered.
#[derive(Clone, Copy, Debug)]
pub struct ProfileSide<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// The number of all requests, if it is known.
    pub requests: Option<u64>,
}

/// The differences between two profiles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diff {
    /// The measures that both tools know; only these are compared.
    pub measures: Vec<Measure>,
    /// Whether allocated blocks and bytes are per request.
    pub per_request: bool,
    /// The sums over both profiles, a pair for each measure.
    pub whole: Vec<(f64, f64)>,
    /// Call sites that differ, the largest difference first.
    pub changed: Vec<Changed>,
    /// The number of call sites that differ by no more than two runs of one server do.
    pub smaller: usize,
}

/// A call site that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changed {
    /// The innermost call site in own code and its caller, at their current lines.
    pub place: String,
    /// The values before and after, a pair for each measure.
    pub sides: Vec<(f64, f64)>,
    /// The largest difference, as a share of the sum of its measure.
    pub share: f64,
    /// Whether any measure rose by more than [`NOISE`].
    pub more: bool,
}

/// Two profiles have no measure in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not comparable: the two tools measure nothing in common; compare profiles of one tool")]
pub struct NothingInCommon;

/// The sums of all stacks with the same own functions, before and after.
#[derive(Default)]
struct Site {
    place: String,
    sides: Vec<(f64, f64)>,
}

/// Compares two profiles. Blocks and bytes are per request if the requests of both are known.
///
/// # Errors
///
/// [`NothingInCommon`] if the two profiles have no measure in common.
pub fn diff(before: ProfileSide<'_>, after: ProfileSide<'_>) -> Result<Diff, NothingInCommon> {
    let knows = |side: ProfileSide<'_>, measure: Measure| {
        let mut sites = side.profile.callsites.iter();
        sites.all(|site| measure.value(site).is_some())
    };
    let common = MEASURES.into_iter();
    let measures: Vec<Measure> = common
        .filter(|&measure| knows(before, measure) && knows(after, measure))
        .collect();
    if measures.is_empty() {
        return Err(NothingInCommon);
    }
    let requests = before.requests.zip(after.requests);
    let requests = requests.filter(|(before, after)| *before > 0 && *after > 0);
    let (of_before, of_after) = requests.unwrap_or((1, 1));
    let steady = steady(before.profile, after.profile);
    let mut sites: BTreeMap<Vec<String>, Site> = BTreeMap::new();
    for (profile, requests, is_after) in [
        (before.profile, of_before, false),
        // The later profile comes last, so that its lines are the ones shown.
        (after.profile, of_after, true),
    ] {
        for site in &profile.callsites {
            let mut key = fingerprint(profile, site);
            if steady.contains(&key) {
                key.push(lines(profile, site));
            }
            let sum = sites.entry(key).or_default();
            sum.place = place_of(profile.stack(site));
            sum.sides.resize(measures.len(), (0.0, 0.0));
            for (pair, measure) in sum.sides.iter_mut().zip(&measures) {
                let value =
                    measure.value(site).unwrap_or_default() as f64 / measure.parts(requests);
                let side = if is_after { &mut pair.1 } else { &mut pair.0 };
                *side += value;
            }
        }
    }
    Ok(Diff::new(measures, requests.is_some(), sites))
}

impl Diff {
    fn new(measures: Vec<Measure>, per_request: bool, sites: BTreeMap<Vec<String>, Site>) -> Self {
        let mut whole = vec![(0.0, 0.0); measures.len()];
        for site in sites.values() {
            add(&mut whole, &site.sides);
        }
        let differing = sites.into_iter().filter(|(_, site)| site.differs());
        let (large, small): (Vec<_>, Vec<_>) =
            differing.partition(|(_, site)| share(&site.sides, &whole) > NOISE);
        let mut large: Vec<(Vec<String>, Site)> = large;
        // A function that was split, merged or renamed usually keeps its callers, or stays in its
        // file.
        for likeness in [callers, file] {
            large = without_moved(large, &whole, likeness);
        }
        let mut changed: Vec<Changed> = large
            .into_iter()
            .map(|(_, site)| Changed {
                share: share(&site.sides, &whole),
                more: rises(&site.sides, &whole),
                place: site.place,
                sides: site.sides,
            })
            .collect();
        changed.sort_by(|left, right| right.share.total_cmp(&left.share));
        Self {
            measures,
            per_request,
            whole,
            changed,
            smaller: small.len(),
        }
    }

    /// Whether any call site allocates more, or holds more.
    pub fn is_worse(&self) -> bool {
        self.changed.iter().any(|site| site.more)
    }
}

impl Measure {
    fn value(self, site: &Callsite) -> Option<u64> {
        let Callsite {
            total, peak, end, ..
        } = site;
        let (Tally { blocks, bytes }, wants_blocks) = match self {
            Self::Blocks => (total, true),
            Self::Bytes => (total, false),
            Self::PeakBytes => (peak, false),
            Self::EndBlocks => (end, true),
            Self::EndBytes => (end, false),
        };
        if wants_blocks { *blocks } else { *bytes }
    }

    /// What the measure is divided by. Memory that is live at one time is not a sum over requests.
    fn parts(self, requests: u64) -> f64 {
        match self {
            Self::Blocks | Self::Bytes => requests as f64,
            Self::PeakBytes | Self::EndBlocks | Self::EndBytes => 1.0,
        }
    }

    /// Whether it counts bytes.
    pub fn is_bytes(self) -> bool {
        !matches!(self, Self::Blocks | Self::EndBlocks)
    }
}

impl Site {
    fn differs(&self) -> bool {
        let mut sides = self.sides.iter();
        sides.any(|(before, after)| (before - after).abs() > 1e-9)
    }
}

/// The part of a list of own functions (innermost first) by which related sites are found.
type Likeness = fn(&[String]) -> Option<Vec<String>>;

fn callers(own: &[String]) -> Option<Vec<String>> {
    own.get(1..)
        .filter(|callers| !callers.is_empty())
        .map(<[String]>::to_vec)
}

fn file(own: &[String]) -> Option<Vec<String>> {
    let (file, _) = own.first()?.split_once(' ')?;
    Some(vec![file.to_owned()])
}

/// Drops groups of more than one site whose differences cancel out.
fn without_moved(
    sites: Vec<(Vec<String>, Site)>,
    whole: &[(f64, f64)],
    likeness: Likeness,
) -> Vec<(Vec<String>, Site)> {
    let mut sums: BTreeMap<Vec<String>, Vec<(f64, f64)>> = BTreeMap::new();
    for (own, site) in &sites {
        if let Some(key) = likeness(own) {
            let sum = sums.entry(key).or_default();
            sum.resize(site.sides.len(), (0.0, 0.0));
            add(sum, &site.sides);
        }
    }
    let is_kept = |own: &[String]| {
        let sum = likeness(own).and_then(|key| sums.get(&key));
        sum.is_none_or(|sum| share(sum, whole) > NOISE)
    };
    sites.into_iter().filter(|(own, _)| is_kept(own)).collect()
}

fn add(sum: &mut [(f64, f64)], sides: &[(f64, f64)]) {
    for (sum, side) in sum.iter_mut().zip(sides) {
        sum.0 += side.0;
        sum.1 += side.1;
    }
}

/// The largest difference between the sides, as a share of the sum of its measure.
fn share(sides: &[(f64, f64)], whole: &[(f64, f64)]) -> f64 {
    let shares = sides.iter().zip(whole).map(|(side, whole)| {
        let all = whole.0.max(whole.1);
        let difference = (side.1 - side.0).abs();
        if all > 0.0 { difference / all } else { 0.0 }
    });
    shares.fold(0.0, f64::max)
}

fn rises(sides: &[(f64, f64)], whole: &[(f64, f64)]) -> bool {
    let mut pairs = sides.iter().zip(whole);
    pairs.any(|(side, whole)| side.1 - side.0 > NOISE * whole.0.max(whole.1))
}

/// The own functions of a stack by file and name, innermost first. If there are none, the innermost
/// function outside std, or else the innermost of all.
fn fingerprint(profile: &Profile, site: &Callsite) -> Vec<String> {
    let mut names: Vec<String> = own(profile, site).map(named).collect();
    // Closures of one function that call each other count as that function.
    names.dedup();
    if names.is_empty() {
        let inner = place(profile.stack(site)).or(profile.stack(site).next());
        names.extend(inner.map(named));
    }
    names
}

fn own<'a>(profile: &'a Profile, site: &'a Callsite) -> impl Iterator<Item = &'a Frame> {
    let frames = profile.stack(site);
    frames.filter(|frame| layer(frame) == Layer::Own)
}

/// The lines of the own functions of a stack.
fn lines(profile: &Profile, site: &Callsite) -> String {
    let lines = own(profile, site).map(|frame| format!(":{}", frame.line));
    lines.collect()
}

/// The fingerprints whose lines did not move: the lines of one side are a subset of the other's.
/// Tools print no path for closures and async functions. Two of them in one file then differ only
/// by their lines, which are reliable only if they did not move.
fn steady(before: &Profile, after: &Profile) -> BTreeSet<Vec<String>> {
    let mut seen: BTreeMap<Vec<String>, [BTreeSet<String>; 2]> = BTreeMap::new();
    for (index, profile) in [before, after].into_iter().enumerate() {
        for site in &profile.callsites {
            let sides = seen.entry(fingerprint(profile, site)).or_default();
            sides[index].insert(lines(profile, site));
        }
    }
    let stayed = |[before, after]: &[BTreeSet<String>; 2]| {
        let both = !before.is_empty() && !after.is_empty();
        both && (before.is_subset(after) || after.is_subset(before))
    };
    let kept = seen.into_iter().filter(|(_, sides)| stayed(sides));
    kept.map(|(key, _)| key).collect()
}

/// The last two parts of the file, and the function without generics, as in `src/a.rs a::parse`.
/// The folders above depend on the machine or on a version.
fn named(frame: &Frame) -> String {
    let mut parts = frame.file.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let folder = parts.next().unwrap_or_default();
    format!("{folder}/{file} {}", frame.path())
}
