//! Which callsites explain that a case allocates differently: those of both sides are matched by
//! what they mean, not by their lines, since code that moves changes all of these and nothing
//! that anybody wants to read about.
//!
//! ```text
//!  base ─┐                  ┌ nets to zero ─▶ a refactoring, dropped
//!        ├─ by a likeness ──┤
//!  head ─┘                  └ else ─▶ by the next likeness … ─▶ what is left, place by place
//! ```
//!
//! A group nets to zero when its callsites ask for the same in everything on both sides. The
//! likenesses go from the whole stack to the call in the case that all of it began with; what is
//! left after the last one is summed up by file and function.

use std::collections::BTreeMap;

use crate::record::{Callsite, Frame};

/// Names what callsites have in common.
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

/// By how much callsites differ between `base` and `head`, the greatest difference first; nothing
/// where all that differs is where the code stands.
pub fn callsites(base: &[Callsite], head: &[Callsite]) -> Vec<Callsite> {
    let negated = base.iter().map(|site| negative(site.clone()));
    let mut left: Vec<Callsite> = negated.chain(head.iter().cloned()).collect();
    for likeness in LIKENESSES {
        left = without_refactorings(left, likeness);
    }
    let mut places: BTreeMap<Vec<String>, Callsite> = BTreeMap::new();
    // What the head has comes last, so that a line is where the reader finds it now.
    for site in left {
        let key = site.frames.first().map(function);
        let sum = places.entry(key.into_iter().collect()).or_default();
        add(sum, &site);
        sum.frames = site.frames;
    }
    let mut places: Vec<Callsite> = places.into_values().collect();
    places.retain(|site| !is_zero(site));
    places = without_pairs(places);
    places.sort_by_key(|site| std::cmp::Reverse(weight(site)));
    places
}

/// Drops every group of `likeness` that nets to zero.
fn without_refactorings(sites: Vec<Callsite>, likeness: Likeness) -> Vec<Callsite> {
    let mut sums: BTreeMap<Vec<String>, Callsite> = BTreeMap::new();
    for site in &sites {
        if let Some(key) = likeness(site) {
            add(sums.entry(key).or_default(), site);
        }
    }
    let is_kept = |site: &Callsite| {
        let sum = likeness(site).and_then(|key| sums.get(&key));
        sum.is_none_or(|sum| !is_zero(sum))
    };
    sites.into_iter().filter(is_kept).collect()
}

/// Drops what one place no longer asks for and another one does: the code has moved there.
fn without_pairs(mut places: Vec<Callsite>) -> Vec<Callsite> {
    let mut kept: Vec<Callsite> = Vec::new();
    while let Some(place) = places.pop() {
        let opposite = negative(place.clone());
        let partner = kept
            .iter()
            .position(|other| amounts(other) == amounts(&opposite));
        match partner {
            Some(partner) => drop(kept.remove(partner)),
            None => kept.push(place),
        }
    }
    kept
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

fn place(frame: &Frame) -> String {
    format!("{}:{}", file(frame), frame.line)
}

fn function(frame: &Frame) -> String {
    format!("{} {}", file(frame), frame.path())
}

/// The function's own name, whatever module it stands in.
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

#[cfg(test)]
mod tests {
    use super::callsites;
    use crate::record::{Callsite, Frame};

    /// Blocks of these bytes, with their frames as `file:line function`, innermost first.
    fn site(allocs: i64, bytes: i64, frames: &[&str]) -> Callsite {
        let frames = frames.iter().map(|text| {
            let (place, function) = text.split_once(' ').unwrap();
            let (file, line) = place.split_once(':').unwrap();
            Frame {
                function: function.to_owned(),
                file: file.to_owned(),
                line: line.parse().unwrap(),
            }
        });
        Callsite {
            allocs,
            bytes,
            frames: frames.collect(),
            ..Callsite::default()
        }
    }

    #[test]
    fn the_place_that_allocates_more_is_named_with_its_present_line() {
        let base = [
            site(1, 64, &["src/a.rs:10 a::parse", "benches/b.rs:5 b::case"]),
            site(2, 16, &["src/c.rs:7 c::keep", "benches/b.rs:5 b::case"]),
        ];
        let head = [
            site(2, 112, &["src/a.rs:14 a::parse", "benches/b.rs:5 b::case"]),
            site(2, 16, &["src/c.rs:9 c::keep", "benches/b.rs:5 b::case"]),
        ];
        let found = callsites(&base, &head);
        let more = site(1, 48, &["src/a.rs:14 a::parse", "benches/b.rs:5 b::case"]);
        assert_eq!(found, [more]);
        let fewer = callsites(&head, &base);
        assert_eq!((fewer[0].allocs, fewer[0].bytes), (-1, -48));
    }

    #[test]
    fn code_that_moved_was_renamed_split_or_merged_is_not_named() {
        let case = "benches/b.rs:5 b::case";
        let more = site(1, 8, &["src/new.rs:1 new::made", case]);
        let base = site(2, 64, &["src/a.rs:10 a::parse", case]);
        for head in [
            vec![site(2, 64, &["src/b.rs:90 b::parse", case])],
            vec![site(2, 64, &["src/a.rs:12 a::parse_all", case])],
            vec![
                site(
                    1,
                    40,
                    &["src/a.rs:12 a::first", "src/a.rs:3 a::parse", case],
                ),
                site(
                    1,
                    24,
                    &["src/a.rs:19 a::second", "src/a.rs:4 a::parse", case],
                ),
            ],
            vec![site(2, 64, &["parse-2.0.1/src/lib.rs:3 parse::it", case])],
        ] {
            let head: Vec<Callsite> = head.into_iter().chain([more.clone()]).collect();
            let found = callsites(std::slice::from_ref(&base), &head);
            assert_eq!(found, std::slice::from_ref(&more), "{head:?}");
        }
    }

    #[test]
    fn another_version_of_a_crate_is_the_same_crate() {
        let base = site(
            1,
            32,
            &[
                "http-1.0.0/src/map.rs:7 http::map::HeaderMap<T>::grow",
                "benches/b.rs:5 b::case",
            ],
        );
        let head = site(
            1,
            32,
            &[
                "http-1.2.0/src/map.rs:9 http::map::HeaderMap<T>::grow",
                "benches/b.rs:5 b::case",
            ],
        );
        assert_eq!(callsites(std::slice::from_ref(&base), &[head]), []);
        let larger = site(
            1,
            40,
            &[
                "http-1.2.0/src/map.rs:9 http::map::HeaderMap<T>::grow",
                "benches/b.rs:5 b::case",
            ],
        );
        let found = callsites(&[base], &[larger]);
        assert_eq!((found.len(), found[0].allocs, found[0].bytes), (1, 0, 8));
    }
}
