use super::super::merge::merged;
use crate::profile::{Callsite, ParseError, Profile, Tally};

/// The most blocks or bytes of anything: what a signed number holds, as in pprof's format.
const MOST: u64 = i64::MAX as u64;

/// A profile as every format leaves it: stacks that are equal, now that addresses are gone, are one,
/// and no sum is larger than a program can ask for.
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
            let reason = "its call stacks have more than 2^63 bytes or blocks together, more than any program asks for";
            return Err(ParseError::Content(reason.to_owned()));
        }
    }
    Ok(profile)
}
