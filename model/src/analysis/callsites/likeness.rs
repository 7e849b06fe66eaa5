//! What call sites of two revisions have in common although their lines differ, and what therefore
//! is a refactoring.

use std::collections::BTreeMap;

use super::{Signed, add, is_zero};
use crate::record::{Callsite, Frame};

/// Names what call sites have in common.
type Likeness = fn(&Callsite) -> Option<Vec<String>>;

/// From the narrowest to the widest.
const LIKENESSES: [Likeness; 6] = [
    |site| Some(site.frames.iter().map(place).collect()),
    |site| Some(site.frames.iter().map(function).collect()),
    |site| Some(site.frames.iter().map(name).collect()),
    // A function that was split, merged or renamed is still called from where it was.
    |site| {
        site.frames
            .get(1..)
            .filter(|callers| !callers.is_empty())
            .map(|callers| callers.iter().map(name).collect())
    },
    |site| site.frames.first().map(|inner| vec![file(inner)]),
    // Whatever happened below it, the case makes this call as before.
    |site| site.frames.last().map(|outer| vec![place(outer)]),
];

/// Drops what asks for the same in everything on both sides, by one likeness after the other.
pub(super) fn without_refactorings(mut sites: Vec<Signed>) -> Vec<Signed> {
    for likeness in LIKENESSES {
        sites = without_zeros(sites, likeness);
    }
    sites
}

/// Drops every group of `likeness` that nets to zero.
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

/// The function's own name, whatever module it is in.
fn name(frame: &Frame) -> String {
    let path = frame.path();
    path.rsplit("::").next().unwrap_or(&path).to_owned()
}

/// The path of a file whatever the version of its crate, as in `smallvec/src/lib.rs`.
fn file(frame: &Frame) -> String {
    match frame.of_crate() {
        Some((name, _, file)) => format!("{name}/{file}"),
        None => frame.file.clone(),
    }
}
