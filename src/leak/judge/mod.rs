//! Judges a series of live memory: does it rise without bound? Pure: the same series gets the
//! same answer. Not a measurement of anything.
//!
//! ```text
//!            ┌─ slope     a floor, median or mean that rises evenly through the last half
//!  series ───┼─ ladder    floors and ceilings that rise together, window by window
//!            ├─ rare      single rises that come at an even rate and are never taken back
//!            ├─ doubling  jumps whose sizes and distances both double
//!            └─ similar   jumps of many containers, which scale together
//! ```
//!
//! Each asks the same three things in its own way: is the rise certain against the series' own
//! noise, is it new (no earlier window was as high), and does it go on at the same rate. What
//! saturates fails the last, what comes back fails the second. Growth that slows down from doubling
//! to doubling of the steps is certain to none of the first three: a table of keys that are drawn
//! at random fills up like that. Nor is growth that came evenly and has ended. docs/leaks.md
//! tells it at length.

mod chunk;
mod doubling;
mod ladder;
mod lasting;
mod rare;
mod similar;
mod slope;
#[cfg(test)]
mod tests;

use super::series::Series;
use slope::Course;

/// Buckets that a series must have for any judgement.
pub(super) const FEWEST: usize = 256;

/// What a series looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// Nothing rises.
    Flat,
    /// It rises without bound, by so much a step, in the way that is named.
    Rising(f64, &'static str),
    /// It rises, and more steps could tell whether it stops.
    Unclear(&'static str),
}

impl Shape {
    pub fn is_rising(&self) -> bool {
        matches!(self, Self::Rising(..))
    }
}

/// How sure a judgement must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Steps are left: only what is beyond doubt.
    Early,
    /// No more steps will come.
    Last,
    /// As the last, of a part of a program of which another part has an end: a list that jumps may be
    /// the list of that one.
    BesideAnEnd,
}

/// A table that doubles once, and no more.
const DOUBLED: f64 = 2.2;

/// Judges bytes and blocks together. Where no blocks are added and what lives is no more than twice
/// what it was after an eighth of the steps, each of so many tables may have doubled once, as maps
/// under churn do in their own time: that has an end.
pub(super) fn shapes(bytes: &Series, blocks: &Series, moment: Moment) -> [Shape; 2] {
    let shapes = [bytes, blocks].map(|series| shape(series, moment));
    match shapes {
        [
            Shape::Rising(..),
            blocks @ (Shape::Flat | Shape::Unclear(_)),
        ] if growth(bytes) < DOUBLED => [
            Shape::Unclear("each of its blocks may have doubled once"),
            blocks,
        ],
        shapes => shapes,
    }
}

/// How many times as much lives at the end as after an eighth of the steps.
fn growth(series: &Series) -> f64 {
    let buckets = series.buckets();
    let [early, late] = [buckets.len() / 8, buckets.len()].map(|end| buckets[end - 1].mean);
    if early > 0.0 {
        late / early
    } else {
        f64::INFINITY
    }
}

/// Judges the series as far as it goes.
fn shape(series: &Series, moment: Moment) -> Shape {
    let buckets = series.buckets();
    if buckets.len() < FEWEST {
        return Shape::Unclear("too few steps to tell growth from a start");
    }
    let per_step = 1.0 / (series.width() as f64);
    let rises = [
        slope::judge(buckets, Course::Whole),
        ladder::judge(buckets),
        rare::judge(buckets, moment),
        // Last, since its rate leaves out the list that holds what leaks.
        slope::judge(buckets, Course::WithoutJumps),
    ];
    let fills_up = lasting::fills_up(buckets);
    let has_ended = lasting::has_ended(buckets);
    let rises = rises.map(|rise| match rise {
        Rise::Certain(..) if has_ended => Rise::Unclear("it rose evenly, and not at the end"),
        Rise::Certain(..) if fills_up => Rise::Unclear("it rises, but ever more slowly"),
        rise => rise,
    });
    let mut unclear = None;
    let jumps = [doubling::judge(buckets), similar::judge(buckets)];
    for rise in rises.into_iter().chain(jumps) {
        match rise {
            Rise::Doubling(..) if has_ended || moment == Moment::BesideAnEnd => {}
            // What is due may or may not come: steps that are left will tell.
            Rise::Doubling(..) if moment == Moment::Early => {
                unclear = unclear.or(Some("it rises in jumps, and the next is still to come"));
            }
            Rise::Certain(rate, how) | Rise::Doubling(rate, how) => {
                return Shape::Rising(rate * per_step, how);
            }
            Rise::Unclear(why) => unclear = unclear.or(Some(why)),
            Rise::None => {}
        }
    }
    unclear.map_or(Shape::Flat, Shape::Unclear)
}

/// Whether it rose evenly and has come to an end, or comes to one by and by.
pub(super) fn has_an_end(series: &Series) -> bool {
    let buckets = series.buckets();
    buckets.len() >= FEWEST && (lasting::has_ended(buckets) || lasting::fills_up(buckets))
}

/// Whether nothing has moved its bounds since the first quarter.
pub(super) fn is_quiet(series: &Series) -> bool {
    let buckets = series.buckets();
    if buckets.len() < FEWEST {
        return false;
    }
    let (early, late) = buckets.split_at(buckets.len() / 2);
    let early = &early[early.len() / 2..];
    let lowest = |part: &[super::series::Bucket]| part.iter().map(|bucket| bucket.lowest).min();
    let highest = |part: &[super::series::Bucket]| part.iter().map(|bucket| bucket.highest).max();
    lowest(late) <= lowest(early) && highest(late) <= highest(early)
}

/// What one of the judges sees; rates are for a bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rise {
    None,
    Certain(f64, &'static str),
    Doubling(f64, &'static str),
    Unclear(&'static str),
}
