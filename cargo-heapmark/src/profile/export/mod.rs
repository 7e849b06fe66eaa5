//! Exports a profile in the formats of other tools.

mod dhat;
mod folded;
mod pprof;
mod speedscope;

pub use dhat::dhat;
pub use folded::folded;
pub use pprof::pprof;
pub use speedscope::speedscope;

use std::hash::Hash;

use indexmap::IndexMap;

use super::merge::merged;
use super::{Callsite, Profile, Tally};

/// The verb in dhat's file for a tool that records only the peak. Do not change it: heapmark reads
/// its own exports by it.
pub(super) const AT_PEAK: &str = "Live at the peak";
/// The same for a tool that records only the end.
pub(super) const AT_END: &str = "Left at the end";

/// How a tally is taken from a call site, and its verb.
type Way = (fn(&Callsite) -> Tally, &'static str);

const WAYS: [Way; 3] = [
    (|site| site.total, "Allocated"),
    (|site| site.peak, AT_PEAK),
    (|site| site.end, AT_END),
];

/// The weight of a stack in formats that have one number per stack: its allocated bytes; if the
/// tool did not record them, its live bytes at the peak, else at the end.
fn weight(profile: &Profile) -> Way {
    let sites = &profile.callsites;
    let mut ways = WAYS.into_iter();
    let known = ways.find(|(way, _)| sites.iter().any(|site| way(site).bytes.is_some()));
    known.unwrap_or(WAYS[0])
}

/// The call sites by the name that a format gives their stack. Stacks with the same name are
/// merged, because readers of most formats reject a stack that occurs twice.
fn by_stack<K: Hash + Eq>(
    profile: &Profile,
    mut name: impl FnMut(&Callsite) -> K,
) -> IndexMap<K, Callsite> {
    merged(profile.callsites.iter().map(|site| {
        let sums = Callsite {
            stack: Vec::new(),
            marks: Vec::new(),
            ..site.clone()
        };
        (name(site), sums)
    }))
}

/// The name without characters that a format would read as the end of a line, frame or file.
fn on_one_line(name: &str) -> String {
    let plain = name.trim();
    if plain.is_empty() {
        return "???".to_owned();
    }
    plain.replace(
        |c: char| c.is_control() || "\u{2028}\u{2029}".contains(c),
        " ",
    )
}
