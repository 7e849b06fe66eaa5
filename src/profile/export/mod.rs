//! A profile in the formats of other tools.

mod dhat;
mod folded;
mod pprof;
mod speedscope;

pub use dhat::dhat;
pub use folded::folded;
pub use pprof::pprof;
pub use speedscope::speedscope;

use super::{Callsite, Profile, Tally};

/// What each stack weighs, in formats that know one number: the bytes that the tool knows best,
/// those of all it asked for, else of the peak, else of what is left.
fn weights(profile: &Profile) -> Vec<u64> {
    let sites = &profile.callsites;
    let ways: [fn(&Callsite) -> Tally; 3] = [|site| site.total, |site| site.peak, |site| site.end];
    let known = ways
        .into_iter()
        .find(|way| sites.iter().any(|site| way(site).bytes.is_some()));
    let bytes = |site| known.and_then(|way| way(site).bytes).unwrap_or_default();
    sites.iter().map(bytes).collect()
}
