//! Growth in jumps of many containers: what lives after any time is the same multiple of what
//! lived after a part of it.
//!
//! ```text
//!  containers that double         bytes(2 t) = 2 × bytes(t), wherever their jumps stand
//!  a cache that filled up         bytes(2 t) = bytes(t) at the end
//!  a logarithm, a square root     bytes(2 t) < 1.5 × bytes(t) everywhere
//! ```
//!
//! A map of shards, a table of columns and an interner are several containers, each of which
//! jumps in its own time. No order can be seen in their jumps, but all of them scale, if they are
//! filled at an even rate since they began.

use super::Rise;
use super::chunk::{creeps, floors, kept, split};
use crate::leak::series::Bucket;

/// What containers grow by: almost all double, some take four times as much.
const FACTORS: [usize; 2] = [2, 4];
/// Parts that are wider than most teeth, to see how far they swing.
const WIDE: usize = 16;
/// How far a level may be from its multiple: jumps stand where one of them is exact.
const WITHIN: f64 = 1.18;
/// How far the middle of the last eighth may be, which tells a cache that has just filled up.
const LAST_WITHIN: f64 = 1.06;
/// Levels that have to be alike, of the newest stretch and of the one before it. What is seen of a
/// jump late, below a saw-tooth, spoils a part of an early stretch that is larger than of a late.
const SHARES: [f64; 2] = [0.85, 0.8];

pub(super) fn judge(buckets: &[Bucket]) -> Rise {
    let floors = floors(buckets);
    let mut levels = kept(&floors);
    // Above what it was at the start.
    let start = levels[0];
    levels.iter_mut().for_each(|level| *level -= start);
    if !origins(&floors, &levels).into_iter().any(|origin| {
        let levels = since(origin, &levels);
        FACTORS.iter().any(|factor| is_similar(&levels, *factor))
    }) {
        return Rise::None;
    }
    // Before the end, where a saw-tooth stands in the midst of its last tooth; and from so early on
    // that every list has jumped since.
    let level = |part: usize| levels[levels.len() * part / 16 - 1];
    let rise = level(15) - level(4);
    if creeps(&split(buckets, WIDE), rise) {
        return Rise::None;
    }
    let rate = rise / (buckets.len() as f64 * 11.0 / 16.0);
    Rise::Doubling(rate, "as several lists do that double")
}

/// Where time may begin for what grows: with the first step, or where an even rate would have begun,
/// by when a late level was reached and by when half of it was; before the first step for what began
/// with much. What came back to a level, as a long saw-tooth does, did not begin there.
fn origins(floors: &[f64], levels: &[f64]) -> Vec<isize> {
    let last = levels[levels.len() - 1];
    let reached = |level: f64| levels.partition_point(|at| *at < level) as isize;
    let of_rate = |level: f64| 2 * reached(level / 2.0) - reached(level);
    let is_new = |origin: isize| {
        let before = &floors[..origin.max(0) as usize];
        let highest = before.iter().copied().fold(f64::MIN, f64::max);
        highest - floors[0] < last / 2.0
    };
    let count = levels.len() as isize;
    let mut origins = vec![0, of_rate(last), of_rate(last / 2.0)];
    origins.retain(|origin| (-count / 4..count / 2).contains(origin) && is_new(*origin));
    origins.sort_unstable();
    origins.dedup();
    origins
}

/// The levels since `origin`; before the first step nothing was there.
fn since(origin: isize, levels: &[f64]) -> Vec<f64> {
    let missing = (-origin).max(0) as usize;
    let levels = &levels[origin.max(0) as usize..];
    [&vec![0.0; missing], levels].concat()
}

/// Whether each level is `factor` times the one at a `factor`th of its time, over the newest such
/// stretch, over the one before it, and at the end.
fn is_similar(levels: &[f64], factor: usize) -> bool {
    let smooth = smooth(levels);
    // By how much more the level grew than the time; infinite where there was none.
    let ratio = |levels: &[f64], end: usize| {
        let (now, then) = (levels[end - 1], levels[(end / factor).max(1) - 1]);
        if then > 0.0 {
            now / then / factor as f64
        } else {
            f64::INFINITY
        }
    };
    let is_alike = |ratio: f64, within: f64| (1.0 / within..within).contains(&ratio);
    let mut to = levels.len();
    let all_alike = SHARES.iter().all(|share| {
        let stretch = to / factor + 1..=to;
        to /= factor;
        let alike = stretch
            .clone()
            .filter(|end| is_alike(ratio(&smooth, *end), WITHIN))
            .count();
        alike as f64 >= share * stretch.count() as f64
    });
    let mut last: Vec<f64> = (levels.len() * 7 / 8 + 1..=levels.len())
        .map(|end| ratio(levels, end))
        .collect();
    let middle = last.len() / 2;
    let (_, &mut middle, _) = last.select_nth_unstable_by(middle, f64::total_cmp);
    all_alike && is_alike(middle, LAST_WITHIN)
}

/// Means over the last quarter of each time: containers that share what comes by chance jump at about
/// the same time, one after the other.
fn smooth(levels: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let sums: Vec<f64> = std::iter::once(0.0)
        .chain(levels.iter().map(|level| {
            sum += level;
            sum
        }))
        .collect();
    let mean = |end: usize| {
        let from = end - end.div_ceil(4);
        (sums[end] - sums[from]) / (end - from) as f64
    };
    (1..=levels.len()).map(mean).collect()
}
