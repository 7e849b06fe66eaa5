//! A profile in the formats of other tools.

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

/// What a file for dhat's viewer says of a tool that knows the peak alone.
pub(super) const AT_PEAK: &str = "Live at the peak";
/// The same of one that knows the end alone.
pub(super) const AT_END: &str = "Left at the end";

/// How a tally is taken from a callsite, and what it says.
type Way = (fn(&Callsite) -> Tally, &'static str);

const WAYS: [Way; 3] = [
    (|site| site.total, "Allocated"),
    (|site| site.peak, AT_PEAK),
    (|site| site.end, AT_END),
];

/// What each stack weighs, in formats that know one number: the bytes that the tool knows best,
/// those of all it asked for, else of the peak, else of what is left.
fn weight(profile: &Profile) -> Way {
    let sites = &profile.callsites;
    let mut ways = WAYS.into_iter();
    let known = ways.find(|(way, _)| sites.iter().any(|site| way(site).bytes.is_some()));
    known.unwrap_or(WAYS[0])
}

/// Callsites by what a format calls their stack: those that it cannot tell apart are one, since
/// readers of most formats refuse a stack that comes twice.
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

/// A name that no format takes for the end of a line, of a frame or of a file.
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
