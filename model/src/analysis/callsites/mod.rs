//! Finds the call sites that explain why a case allocates differently.
//!
//! ```text
//!  base ─┐  by own      ┌ on both sides ─▶ nets to zero? dropped : by inner function
//!        ├─ call sites ─┤
//!  head ─┘              └ on one side ──▶ moved code cancels     : the rest by own functions
//! ```
//!
//! Call sites are grouped by the user's own frames. All amounts that one own line causes through a
//! dependency are one amount, even if the dependency moves them to other functions. Own lines that
//! moved are matched by the text of their file; see [`MovedLines`]. A function that was renamed,
//! split or moved to another file is matched by its callees and callers, and cancels.

mod likeness;
mod moved;

use std::collections::BTreeMap;

use crate::record::{Callsite, Frame};
pub use moved::MovedLines;

/// The differences between the call sites of `base` and `head`, the greatest first. Empty if only
/// the position of the code changed. `moved` maps lines of the base to lines of the head.
///
/// The amounts reported for an own line, whose file both sides have, add up to the whole difference
/// of that line.
pub fn callsites(base: &[Callsite], head: &[Callsite], moved: &MovedLines) -> Vec<Callsite> {
    let base = base.iter().map(|site| Signed::of_base(site, moved));
    let head = head.iter().map(|site| Signed::of_head(site, moved));
    let mut groups: BTreeMap<OwnKey, Vec<Signed>> = BTreeMap::new();
    for signed in base.chain(head) {
        groups.entry(signed.key.clone()).or_default().push(signed);
    }
    let (mut found, mut one_sided) = (Vec::new(), Vec::new());
    for group in groups.into_values() {
        let is_on_both = group.iter().any(|one| one.in_base) && group.iter().any(|one| one.in_head);
        if is_on_both || group.iter().all(|one| one.is_certain) {
            found.extend(within_own_line(group));
        } else {
            one_sided.extend(group);
        }
    }
    found.extend(moved_code(one_sided));
    let mut sites: Vec<Callsite> = without_opposites(found, are_tail_calls)
        .into_iter()
        .map(|signed| signed.site)
        .collect();
    sites.sort_by_key(|site| std::cmp::Reverse(weight(site)));
    sites
}

/// The own frames of a stack, innermost first, by their position in the head.
type OwnKey = Vec<Position>;

/// The position of an own frame.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Position {
    /// A line of the head.
    Line(String, u32),
    /// A line of the base that the head does not have.
    Gone(String, u32),
    /// A function, if the line is not known.
    Function(String, String),
}

/// A call site; amounts of the base are negative.
#[derive(Clone, Debug)]
struct Signed {
    site: Callsite,
    key: OwnKey,
    in_base: bool,
    in_head: bool,
    /// Whether every own frame is in a file that is the same on both sides. Then a line that only
    /// one side has is a line at which only that side allocates.
    is_certain: bool,
}

impl Signed {
    fn of_base(site: &Callsite, moved: &MovedLines) -> Self {
        let mut site = negative(site.clone());
        let is_certain = is_certain(&site, moved);
        let mut key = Vec::new();
        for frame in &mut site.frames {
            let position = match moved.line(&frame.file, frame.line) {
                _ if frame.line == 0 => function_of(frame),
                Some(line) => {
                    frame.line = line;
                    Position::Line(frame.file.clone(), line)
                }
                None => Position::Gone(frame.file.clone(), frame.line),
            };
            if frame.is_own() {
                key.push(position);
            }
        }
        Self {
            site,
            key,
            in_base: true,
            in_head: false,
            is_certain,
        }
    }

    fn of_head(site: &Callsite, moved: &MovedLines) -> Self {
        let own = site.frames.iter().filter(|frame| frame.is_own());
        let key = own.map(|frame| match frame.line {
            0 => function_of(frame),
            line => Position::Line(frame.file.clone(), line),
        });
        Self {
            key: key.collect(),
            in_base: false,
            in_head: true,
            is_certain: is_certain(site, moved),
            site: site.clone(),
        }
    }

    /// The functions of the own frames and of the innermost frame, without their lines.
    fn functions(&self) -> Vec<String> {
        let own = self.site.frames.iter().filter(|frame| frame.is_own());
        let inner = self.site.frames.first();
        inner
            .into_iter()
            .chain(own)
            .map(likeness::function)
            .collect()
    }
}

fn function_of(frame: &Frame) -> Position {
    Position::Function(frame.file.clone(), frame.path())
}

fn is_certain(site: &Callsite, moved: &MovedLines) -> bool {
    let mut own = site.frames.iter().filter(|frame| frame.is_own());
    own.all(|frame| moved.is_same(&frame.file) && frame.line != 0)
}

/// The difference of one own line: empty if it nets to zero, otherwise by innermost function.
fn within_own_line(group: Vec<Signed>) -> Vec<Signed> {
    if is_zero(&sum(&group)) {
        return Vec::new();
    }
    let left = likeness::without_refactorings(group);
    let functions = by(left, |one| {
        let inner = one.site.frames.first().map(likeness::function);
        inner.into_iter().collect()
    });
    let left = without_opposites(functions, |_, _| true);
    replaced(left)
}

/// The difference of own code that moved, is new, or is gone.
fn moved_code(sites: Vec<Signed>) -> Vec<Signed> {
    let left = likeness::without_refactorings(sites);
    let left = without_opposites(left, |one, other| one.functions() == other.functions());
    let left = by(left, Signed::functions);
    without_opposites(left, |_, _| true)
}

/// Joins a function that only the base calls with one that only the head calls, if both have the
/// same caller: one replaced the other.
fn replaced(sites: Vec<Signed>) -> Vec<Signed> {
    let callers = |one: &Signed| -> Vec<String> {
        let callers = one.site.frames.iter().skip(1);
        callers.map(likeness::place).collect()
    };
    let mut calls: BTreeMap<Vec<String>, Vec<Signed>> = BTreeMap::new();
    for one in sites {
        calls.entry(callers(&one)).or_default().push(one);
    }
    let joined = calls.into_values().flat_map(|calls| match &calls[..] {
        [one, other] if one.in_head != other.in_head && one.in_base != other.in_base => {
            let (mut gone, mut new) = (one.clone(), other.clone());
            if gone.in_head {
                std::mem::swap(&mut gone, &mut new);
            }
            add(&mut new.site, &gone.site);
            vec![new]
        }
        _ => calls,
    });
    joined.filter(|one| !is_zero(&one.site)).collect()
}

/// Adds up the call sites with the same key. The head's comes last, so that the line shown is the
/// current one.
fn by(sites: Vec<Signed>, key: impl Fn(&Signed) -> Vec<String>) -> Vec<Signed> {
    let mut sums: BTreeMap<Vec<String>, Signed> = BTreeMap::new();
    for mut one in sites {
        let key = key(&one);
        if let Some(before) = sums.remove(&key) {
            add(&mut one.site, &before.site);
            one.in_base |= before.in_base;
            one.in_head |= before.in_head;
        }
        sums.insert(key, one);
    }
    let sums = sums.into_values();
    sums.filter(|one| !is_zero(&one.site)).collect()
}

/// Drops pairs of `related` call sites with opposite amounts: the code moved from one to the other.
fn without_opposites(
    mut sites: Vec<Signed>,
    related: impl Fn(&Signed, &Signed) -> bool,
) -> Vec<Signed> {
    let mut kept: Vec<Signed> = Vec::new();
    while let Some(one) = sites.pop() {
        let opposite = amounts(&one.site).map(|amount| -amount);
        let partner = kept
            .iter()
            .position(|other| amounts(&other.site) == opposite && related(&one, other));
        match partner {
            Some(partner) => drop(kept.remove(partner)),
            None => kept.push(one),
        }
    }
    kept
}

/// Whether one stack has a proper subset of the other's own frames: the compiler turns a call at
/// the end of a function into a jump, which leaves no frame.
fn are_tail_calls(one: &Signed, other: &Signed) -> bool {
    let is_part = |part: &OwnKey, whole: &OwnKey| {
        let mut whole = whole.iter();
        part.len() < whole.len() && part.iter().all(|position| whole.any(|own| own == position))
    };
    is_part(&one.key, &other.key) || is_part(&other.key, &one.key)
}

fn sum(sites: &[Signed]) -> Callsite {
    let mut sum = Callsite::default();
    for one in sites {
        add(&mut sum, &one.site);
    }
    sum
}

fn amounts(site: &Callsite) -> [i64; 4] {
    [site.allocs, site.reallocs, site.bytes, site.retained]
}

fn is_zero(site: &Callsite) -> bool {
    amounts(site) == [0; 4]
}

fn add(sum: &mut Callsite, site: &Callsite) {
    sum.allocs += site.allocs;
    sum.reallocs += site.reallocs;
    sum.bytes += site.bytes;
    sum.retained += site.retained;
}

fn negative(site: Callsite) -> Callsite {
    Callsite {
        allocs: -site.allocs,
        reallocs: -site.reallocs,
        bytes: -site.bytes,
        retained: -site.retained,
        frames: site.frames,
    }
}

/// The most important first: by events, then by bytes.
fn weight(site: &Callsite) -> (u64, u64) {
    let events = site.allocs.unsigned_abs() + site.reallocs.unsigned_abs();
    (
        events,
        site.bytes.unsigned_abs().max(site.retained.unsigned_abs()),
    )
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
