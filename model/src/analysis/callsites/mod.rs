//! Which call sites explain that a case allocates differently.
//!
//! ```text
//!  base ─┐  by own      ┌ on both sides ─▶ nets to zero? dropped : by inner function
//!        ├─ call sites ─┤
//!  head ─┘              └ on one side ──▶ moved code cancels     : the rest by own functions
//! ```
//!
//! The user's own frames are the key: what one own line asks for through a dependency is one
//! amount, however the dependency spreads it over functions of its own. Lines of own code that
//! moved are matched by the text of its file, see [`MovedLines`]. A function that was renamed,
//! split or moved to another file is matched by what it calls and who calls it, and cancels.

mod likeness;
mod moved;

use std::collections::BTreeMap;

use crate::record::{Callsite, Frame};
pub use moved::MovedLines;

/// By how much call sites differ between `base` and `head`, the greatest difference first; nothing
/// if all that differs is where the code stands. `moved` tells where lines of the base are now.
///
/// The amounts that are named for an own line whose file both sides have sum up to the whole
/// difference of that line.
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

/// The own frames of a stack, innermost first, by where they are in the head.
type OwnKey = Vec<Position>;

/// Where an own frame is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Position {
    /// A line of the head.
    Line(String, u32),
    /// A line of the base that the head does not have.
    Gone(String, u32),
    /// A function, if the line is not known.
    Function(String, String),
}

/// A call site; what the base asks for counts negatively.
#[derive(Clone, Debug)]
struct Signed {
    site: Callsite,
    key: OwnKey,
    in_base: bool,
    in_head: bool,
    /// Whether every own frame is in a file that is the same on both sides, so that a line which
    /// only one side has is a line that only one side allocates at.
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

    /// The functions of the own frames and the innermost one, whatever their lines.
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

/// What one own line asks for differently: dropped as a whole if it nets to zero, and else by the
/// innermost function.
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

/// What own code asks for that has moved, or is new or gone.
fn moved_code(sites: Vec<Signed>) -> Vec<Signed> {
    let left = likeness::without_refactorings(sites);
    let left = without_opposites(left, |one, other| one.functions() == other.functions());
    let left = by(left, Signed::functions);
    without_opposites(left, |_, _| true)
}

/// Joins a function that only the base calls with the one that only the head calls, if both are
/// called from the same place: the one has replaced the other.
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

/// Sums up what has one key; what the head has comes last, so that a line is where the reader
/// finds it now.
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

/// Drops pairs of which the one asks for as much more as the other asks for less, if the two are
/// `related`: the code has moved from the one to the other.
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

/// Whether the one stack lacks some own frames of the other and has no further ones: a call at the
/// end of a function leaves no frame if the compiler makes it a jump.
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

/// What counts most comes first: events, then bytes.
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
