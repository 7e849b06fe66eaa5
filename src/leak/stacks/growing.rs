//! Finds the call sites that grow from the series of each call site. Does not judge a series.

use crate::alloc::Live;
use crate::leak::callsite::Callsite;
use crate::leak::judge::Strictness;
use crate::leak::second_pass::First;

use super::Sites;
use super::aggregation::{LEVELS, Site};
use super::site_series::{Marks, SiteSeries};

/// Maximum number of call sites in a report.
const NAMED: usize = 8;
/// If a table doubles at another line, half of its growth comes from the line that held it before.
/// Half of that is the threshold, because rates are not exact.
const CHANGING_HANDS: f64 = 0.25;

const NO_SITE: &str = "no call site stands out from the others";
const NOT_AGAIN: &str = "the growth did not repeat in the second pass: a static or a thread-local \
                         may already hold what the first pass added";

/// The result of the second pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::leak) struct CallSites {
    /// The call sites whose memory grows; if none certainly grows, those with the highest rates.
    pub callsites: Vec<Callsite>,
    /// Number of further call sites of that kind, which are not in `callsites`.
    pub unlisted: usize,
    /// How a call site grows, if that is certain.
    pub how: Option<String>,
    /// The reason why no call site of a leak is known.
    pub missing: Option<String>,
    /// Whether most call sites have memory that outlives the state.
    pub is_lost: bool,
    /// Allocations and frees of foreign threads, which may or may not work for the steps.
    pub disturbances: u64,
}

/// Judges the call sites at the finest aggregation level at which one certainly grows; otherwise at
/// the finest level at which one grows at all.
pub(super) fn judge(sites: &Sites, marks: &Marks, first: &First) -> CallSites {
    let strictness = match sites.values().any(|stacks| marks.has_an_end(stacks)) {
        true => Strictness::WithBoundedPart,
        false => Strictness::Final,
    };
    let mut seen: Vec<Vec<Site>> = Vec::new();
    let mut how = None;
    for aggregation in LEVELS {
        let sites = aggregation(sites, &|stacks| marks.series_of(stacks, strictness));
        how = how_it_grows(&sites, first.after_drop);
        seen.push(sites);
        if how.is_some() {
            break;
        }
    }
    let grows = |site: &Site| site.1.grows.is_some();
    let chosen = match how {
        Some(_) => seen.len() - 1,
        None => (seen.iter().position(|sites| sites.iter().any(grows))).unwrap_or(0),
    };
    let mut chosen = seen.swap_remove(chosen);
    if chosen.iter().any(grows) {
        chosen.retain(grows);
    }
    chosen.retain(|(_, series_of)| series_of.held > 0 && series_of.changes());
    let repeats = how.is_some() || marks.repeat(first.grown);
    if !repeats {
        chosen.clear();
    }
    let missing = chosen.is_empty().then_some(match repeats {
        true => NO_SITE,
        false => NOT_AGAIN,
    });
    chosen.sort_by(|(_, one), (_, other)| {
        let by_bytes = other.bytes_per_step.total_cmp(&one.bytes_per_step);
        by_bytes.then(other.blocks_per_step.total_cmp(&one.blocks_per_step))
    });
    let unlisted = chosen.len().saturating_sub(NAMED);
    chosen.truncate(NAMED);
    let lost = chosen
        .iter()
        .filter(|(_, series_of)| series_of.is_lost)
        .count();
    CallSites {
        how: how.map(str::to_owned),
        missing: missing.map(str::to_owned),
        is_lost: lost * 2 > chosen.len(),
        disturbances: 0,
        callsites: chosen.into_iter().map(callsite).collect(),
        unlisted,
    }
}

/// How one of the call sites grows, if that is certain.
fn how_it_grows(sites: &[Site], after_drop: Live) -> Option<&'static str> {
    sites.iter().find_map(|(_, series_of)| {
        // Memory that outlives the state has not moved to another call site within it.
        let outlives = series_of.is_lost && after_drop.bytes * 2 >= series_of.held;
        (series_of.grows).filter(|_| outlives || !changes_hands(series_of, sites))
    })
}

/// Whether memory only moves between call sites: all others together, or one other call site, free
/// as much as this one grows.
fn changes_hands(series_of: &SiteSeries, sites: &[Site]) -> bool {
    let falls = sites.iter().map(|(_, other)| other.falls);
    let largest = falls.fold(0.0, f64::max);
    !series_of.is_unopposed || largest > 0.0 && largest >= series_of.bytes_per_step * CHANGING_HANDS
}

fn callsite((frames, series_of): Site) -> Callsite {
    Callsite {
        bytes_per_step: series_of.bytes_per_step,
        blocks_per_step: series_of.blocks_per_step,
        frames,
    }
}
