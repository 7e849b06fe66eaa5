//! Judge for self-similar growth: the jumps of many containers. Live memory after any time is the
//! same multiple of live memory after a fixed part of that time.
//!
//! ```text
//!  containers that double         bytes(2 t) = 2 × bytes(t), wherever their jumps are
//!  a cache that is full           bytes(2 t) = bytes(t) at the end
//!  a logarithm, a square root     bytes(2 t) < 1.5 × bytes(t) everywhere
//! ```
//!
//! A sharded map, a table of columns and an interner each consist of several containers, which jump
//! at different times. Their jumps show no order, but their sum scales with time if they are filled
//! at an even rate from their start.

use super::Evidence;
use super::chunk::{floors, is_below_aliasing, kept, split};
use crate::leak::series::Bucket;

/// Growth factors of containers: almost all double, some grow by four.
const FACTORS: [usize; 2] = [2, 4];
/// Number of parts that are wider than most saw-teeth, to measure their amplitude.
const WIDE: usize = 16;
/// Tolerance of a level: its largest factor away from the exact multiple, because levels jump.
const WITHIN: f64 = 1.18;
/// Tolerance for the median of the last eighth. It excludes a cache that has just filled up.
const LAST_WITHIN: f64 = 1.06;
/// Minimum share of levels within the tolerance, in the newest range and in the one before. Below a
/// saw-tooth a jump is seen late, which affects a larger part of the earlier, shorter range.
const SHARES: [f64; 2] = [0.85, 0.8];

pub(super) fn judge(buckets: &[Bucket]) -> Evidence {
    let floors = floors(buckets);
    let mut levels = kept(&floors);
    // Relative to the first level.
    let start = levels[0];
    levels.iter_mut().for_each(|level| *level -= start);
    if !origins(&floors, &levels).into_iter().any(|origin| {
        let levels = since(origin, &levels);
        FACTORS.iter().any(|factor| is_similar(&levels, *factor))
    }) {
        return Evidence::None;
    }
    // Not up to the end, because a saw-tooth is in the middle of its last tooth there. The start is
    // early enough that every list has jumped since.
    let level = |part: usize| levels[levels.len() * part / 16 - 1];
    let rise = level(15) - level(4);
    if is_below_aliasing(&split(buckets, WIDE), rise) {
        return Evidence::None;
    }
    let rate = rise / (buckets.len() as f64 * 11.0 / 16.0);
    Evidence::Doubling(
        rate,
        "in jumps, like several lists that double their capacity",
    )
}

/// Possible start times of the growth: the first step, or the time at which an even rate would have
/// started, extrapolated from when a late level and half of it were reached. That time is before
/// the first step for containers that started large. A long saw-tooth that returns to a level did
/// not start there.
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

/// The levels since `origin`; zeros before the first step.
fn since(origin: isize, levels: &[f64]) -> Vec<f64> {
    let missing = (-origin).max(0) as usize;
    let levels = &levels[origin.max(0) as usize..];
    [&vec![0.0; missing], levels].concat()
}

/// Whether levels are `factor` times the level at a `factor`th of their time: in the newest such
/// range, in the range before it, and at the end.
fn is_similar(levels: &[f64], factor: usize) -> bool {
    let smooth = smooth(levels);
    // The growth of the level, divided by that of the time; infinite if there was no level.
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

/// For each time, the mean of the levels over the last quarter before it. Containers that share
/// random items jump one after the other at about the same time.
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
