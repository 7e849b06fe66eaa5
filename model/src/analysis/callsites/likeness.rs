//! Finds call sites that two revisions share although lines or functions changed, so that a pure
//! refactoring is not reported as a change of allocations.

use std::collections::BTreeMap;

use super::{Signed, add, is_zero};
use crate::record::{Callsite, Frame};

/// What two call sites must share to count as the same code; `None` if it does not apply.
type Likeness = fn(&Callsite) -> Option<Vec<String>>;

/// From the narrowest to the widest.
const LIKENESSES: [Likeness; 6] = [
    |site| Some(site.frames.iter().map(place).collect()),
    |site| Some(site.frames.iter().map(function).collect()),
    |site| Some(site.frames.iter().map(name).collect()),
    // The callers of a function that was split, merged or renamed stay the same.
    |site| {
        site.frames
            .get(1..)
            .filter(|callers| !callers.is_empty())
            .map(|callers| callers.iter().map(name).collect())
    },
    |site| site.frames.first().map(|inner| vec![file(inner)]),
    // Whatever changed below it, the case still makes this call.
    |site| site.frames.last().map(|outer| vec![place(outer)]),
];

/// Drops call sites whose amounts are the same on both sides, by each likeness in turn.
pub(super) fn without_refactorings(mut sites: Vec<Signed>) -> Vec<Signed> {
    for likeness in LIKENESSES {
        sites = without_zeros(sites, likeness);
    }
    sites
}

/// Drops every group of `likeness` whose amounts add up to zero.
fn without_zeros(sites: Vec<Signed>, likeness: Likeness) -> Vec<Signed> {
    let mut sums: BTreeMap<Vec<String>, Callsite> = BTreeMap::new();
    for one in &sites {
        if let Some(key) = likeness(&one.site) {
            add(sums.entry(key).or_default(), &one.site);
        }
    }
    let is_kept = |one: &Signed| {
        let sum = likeness(&one.site).and_then(|key| sums.get(&key));
        sum.is_none_or(|sum| !is_zero(sum))
    };
    sites.into_iter().filter(is_kept).collect()
}

pub(super) fn place(frame: &Frame) -> String {
    format!("{}:{}", file(frame), frame.line)
}

pub(super) fn function(frame: &Frame) -> String {
    format!("{} {}", file(frame), frame.path())
}

/// The function's own name, in any module.
fn name(frame: &Frame) -> String {
    let path = frame.path();
    path.rsplit("::").next().unwrap_or(&path).to_owned()
}

/// The path of a file without the version of its crate, as in `smallvec/src/lib.rs`.
fn file(frame: &Frame) -> String {
    match frame.of_crate() {
        Some((name, _, file)) => format!("{name}/{file}"),
        None => frame.file.clone(),
    }
}
