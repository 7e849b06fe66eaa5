//! The last step of every parser: merges equal stacks and checks the sums.

use super::super::merge::merged;
use crate::profile::{Callsite, ParseError, Profile, Tally};

/// The highest sum of blocks or bytes: what a signed 64-bit number can hold, as in pprof's format.
const MOST: u64 = i64::MAX as u64;

/// Merges the call stacks that are equal without their addresses, and rejects sums above [`MOST`].
pub(super) fn settled(mut profile: Profile) -> Result<Profile, ParseError> {
    let sites = profile.callsites.drain(..).map(|mut site| {
        let stack = std::mem::take(&mut site.stack);
        ((stack, site.kind), site)
    });
    let sites = merged(sites).into_iter();
    profile.callsites = sites
        .map(|((stack, _), site)| Callsite { stack, ..site })
        .collect();
    let ways: [fn(&Callsite) -> Tally; 4] = [
        |site| site.total,
        |site| site.peak,
        |site| site.end,
        |site| site.highest,
    ];
    for way in ways {
        let all = profile.callsites.iter().map(way);
        let known = |number: Option<u64>| number.unwrap_or_default();
        let (blocks, bytes) = all.fold((0_u64, 0_u64), |(blocks, bytes), tally| {
            (
                blocks.saturating_add(known(tally.blocks)),
                bytes.saturating_add(known(tally.bytes)),
            )
        });
        if blocks > MOST || bytes > MOST {
            let reason = "its call stacks have more than 2^63 bytes or blocks together, more than any program can allocate";
            return Err(ParseError::Content(reason.to_owned()));
        }
    }
    Ok(profile)
}
