//! Judges a series of live memory: does it rise without bound? Pure functions: the same series
//! always gets the same verdict. Does not measure anything.
//!
//! ```text
//!            ┌─ slope               floor, median or mean rises evenly through the last half
//!            ├─ monotone envelope   floor and ceiling rise together, window by window
//!  series ───┼─ sparse events       single rises at an even rate that are never reversed
//!            ├─ doubling            jumps whose sizes and distances both double
//!            └─ self-similar        jumps of many containers, which scale together
//! ```
//!
//! Each judge checks three conditions in its own way:
//!
//! - The rise is certain compared with the noise of the series.
//! - The rise is new: no earlier window was as high. Memory that returns to an earlier level fails.
//! - The rise continues at the same rate. Memory that saturates fails.
//!
//! The first three judges never call growth certain if it slows down with each doubling of the
//! steps, like a table that fills up with random keys, or if it was even and has ended.
//! `docs/leaks.md` explains this in detail.

mod chunk;
mod doubling;
mod envelope;
mod saturation;
mod self_similar;
mod slope;
mod sparse;
#[cfg(test)]
mod tests;

use super::series::Series;
use slope::Jumps;

/// Minimum number of buckets for any verdict.
pub(super) const FEWEST: usize = 256;

/// The trend of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Trend {
    /// Nothing rises.
    Flat,
    /// It rises without bound: the growth per step, and in which way, as in `steadily`.
    Rising(f64, &'static str),
    /// It rises, and more steps could show whether it stops. With the reason.
    Unclear(&'static str),
}

impl Trend {
    pub fn is_rising(&self) -> bool {
        matches!(self, Self::Rising(..))
    }
}

/// How certain a verdict must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Steps are left: only certain growth counts.
    Early,
    /// No more steps follow.
    Final,
    /// As `Final`, for one call site of a program in which another call site is bounded. A list
    /// that jumps may belong to that one.
    WithBoundedPart,
}

/// Largest growth factor that one doubling of a table explains.
const DOUBLED: f64 = 2.2;

/// Judges bytes and blocks together. If no blocks are added and live memory is at most twice that
/// after an eighth of the steps, every table may have doubled once, as maps do under churn. Such
/// growth is bounded.
pub(super) fn trends(bytes: &Series, blocks: &Series, strictness: Strictness) -> [Trend; 2] {
    let trends = [bytes, blocks].map(|series| trend(series, strictness));
    match trends {
        [
            Trend::Rising(..),
            blocks @ (Trend::Flat | Trend::Unclear(_)),
        ] if growth(bytes) < DOUBLED => [
            Trend::Unclear("the growth is consistent with every container having doubled once"),
            blocks,
        ],
        trends => trends,
    }
}

/// Live memory at the end, divided by live memory after an eighth of the steps.
fn growth(series: &Series) -> f64 {
    let buckets = series.buckets();
    let [early, late] = [buckets.len() / 8, buckets.len()].map(|end| buckets[end - 1].mean);
    if early > 0.0 {
        late / early
    } else {
        f64::INFINITY
    }
}

/// Judges one series.
fn trend(series: &Series, strictness: Strictness) -> Trend {
    let buckets = series.buckets();
    if buckets.len() < FEWEST {
        return Trend::Unclear("too few steps to distinguish growth from start-up");
    }
    let per_step = 1.0 / (series.width() as f64);
    let rises = [
        slope::judge(buckets, Jumps::Included),
        envelope::judge(buckets),
        sparse::judge(buckets, strictness),
        // Last in this list, because its rate excludes the list that holds the leak.
        slope::judge(buckets, Jumps::Excluded),
    ];
    let fills_up = saturation::fills_up(buckets);
    let has_ended = saturation::has_ended(buckets);
    let rises = rises.map(|rise| match rise {
        Evidence::Certain(..) if has_ended => {
            Evidence::Unclear("live memory rose evenly, but not at the end")
        }
        Evidence::Certain(..) if fills_up => {
            Evidence::Unclear("live memory rises, but more and more slowly")
        }
        rise => rise,
    });
    let mut unclear = None;
    let jumps = [doubling::judge(buckets), self_similar::judge(buckets)];
    for rise in rises.into_iter().chain(jumps) {
        match rise {
            Evidence::Doubling(..) if has_ended || strictness == Strictness::WithBoundedPart => {}
            // The next jump may or may not come; the steps that are left will show it.
            Evidence::Doubling(..) if strictness == Strictness::Early => {
                unclear = unclear.or(Some(
                    "live memory rises in jumps, and the next jump has not come yet",
                ));
            }
            Evidence::Certain(rate, how) | Evidence::Doubling(rate, how) => {
                return Trend::Rising(rate * per_step, how);
            }
            Evidence::Unclear(why) => unclear = unclear.or(Some(why)),
            Evidence::None => {}
        }
    }
    unclear.map_or(Trend::Flat, Trend::Unclear)
}

/// Whether the series rose evenly and has ended, or is filling up.
pub(super) fn has_an_end(series: &Series) -> bool {
    let buckets = series.buckets();
    buckets.len() >= FEWEST && (saturation::has_ended(buckets) || saturation::fills_up(buckets))
}

/// Whether the series has not moved its bounds since the first quarter.
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

/// The evidence of one judge. Rates are per bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Evidence {
    None,
    Certain(f64, &'static str),
    Doubling(f64, &'static str),
    Unclear(&'static str),
}
