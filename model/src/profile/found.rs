//! What memcheck and LeakSanitizer report when the program exits, in one line.

use std::collections::BTreeMap;

use super::{Kind, Profile, Tally, Tool, words};
use crate::format::{as_signed, count, plural};

const KINDS: [Kind; 4] = [
    Kind::Lost,
    Kind::LostWithIt,
    Kind::PossiblyLost,
    Kind::Reachable,
];

/// The findings of a tool that checks when the program exits, as in `no leak; 6 other errors`.
/// `None` for a tool that does not classify leaks.
pub fn found(profile: &Profile) -> Option<String> {
    if !matches!(profile.tool, Tool::Memcheck | Tool::Lsan) {
        return None;
    }
    let leaks = left(profile).into_iter();
    let leaks = leaks.filter(|(kind, _)| *kind != Kind::Reachable);
    let leaks = leaks.filter_map(|(kind, tally)| {
        let words = words(tally)?;
        Some(format!("{} {words}", called(profile.tool, kind)))
    });
    let leaks: Vec<String> = leaks.collect();
    let leaks = match (leaks.is_empty(), profile.leaks_unknown) {
        (true, true) => "leaks not checked".to_owned(),
        (true, false) => "no leak".to_owned(),
        _ => leaks.join(", "),
    };
    let errors = match (profile.errors.len(), profile.tool) {
        (0, Tool::Memcheck) => "; no other error".to_owned(),
        (0, _) => String::new(),
        (contexts, _) => {
            let times = profile.errors.iter().map(|error| error.times);
            let times = times.fold(0, u64::saturating_add);
            let noun = if times == 1 { "error" } else { "errors" };
            // As memcheck words it.
            let from = match times == contexts as u64 {
                true => String::new(),
                false => format!(" from {}", plural(contexts, "context")),
            };
            format!("; {} other {noun}{from}", count(as_signed(times)))
        }
    };
    Some(leaks + &errors)
}

/// The remaining memory of each kind that occurs.
pub(super) fn left(profile: &Profile) -> Vec<(Kind, Tally)> {
    let kinds = KINDS.into_iter().filter_map(|kind| {
        let sites = profile.callsites.iter();
        let mut sites = sites.filter(|site| site.kind == Some(kind)).peekable();
        sites.peek()?;
        let sum = sites.fold(Tally::new(0, 0), |sum, site| sum.plus(site.end));
        Some((kind, sum))
    });
    kinds.collect()
}

/// The tool's name for a kind of remaining memory.
pub(super) fn called(tool: Tool, kind: Kind) -> &'static str {
    match (tool, kind) {
        (Tool::Lsan, Kind::Lost) => "direct",
        (Tool::Lsan, Kind::LostWithIt) => "indirect",
        (_, Kind::Lost) => "definitely",
        (_, Kind::LostWithIt) => "indirectly",
        (_, Kind::PossiblyLost) => "possibly",
        (_, Kind::Reachable) => "reachable",
    }
}

/// The kinds of errors that are not leaks, the most frequent first, as in
/// `4 InvalidRead, 2 UninitCondition`. `None` if there are none.
pub fn other_errors(profile: &Profile) -> Option<String> {
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for error in &profile.errors {
        let times = kinds.entry(&error.kind).or_default();
        *times = times.saturating_add(error.times);
    }
    let mut kinds: Vec<(&str, u64)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let kinds = kinds.iter();
    let kinds = kinds.map(|(kind, times)| format!("{} {kind}", count(as_signed(*times))));
    let kinds: Vec<String> = kinds.collect();
    (!kinds.is_empty()).then(|| kinds.join(", "))
}
