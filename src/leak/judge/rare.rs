//! One block in thousands of steps: too few rises for a standard error, but each stands for
//! ever. The question is only whether they come at an even rate, as leaks do, or ever more
//! rarely, as the records of a pool that warms up do.
//!
//! ```text
//!  steps     [N/16,N/8)  [N/8,N/4)  [N/4,N/2)  [N/2,N)
//!  a leak          1          2          4         8      by length
//!  a warm-up       3          3          3         3      by the logarithm
//! ```
//!
//! The likelihood of the counts under either law decides, at several widths, so that what
//! lives for a while only does not hide it.

use super::chunk::{creeps, split};
use super::lasting::{LASTING, goes_on, without_jumps};
use super::{Moment, Rise};
use crate::leak::series::Bucket;

/// Geometric windows that are held against the two laws.
const WINDOWS: usize = 6;
/// Natural logarithm of how much likelier a leak must be: 1,000 times.
const CERTAIN: f64 = 6.9;
/// Rises in the last half, at least.
const FEWEST: usize = 6;

/// The same while steps are left: more than a group of tables has members.
const FEWEST_EARLY: usize = 256;

/// A silence at the end that is less likely than this is an end.
const CHANCE: f64 = 0.02;

/// Rises at one distance that are no accident.
const REGULAR: usize = 8;

pub(super) fn judge(buckets: &[Bucket], moment: Moment) -> Rise {
    // A group that is finite, as the shards of a map, may rise one by one and be done.
    let fewest = match moment {
        Moment::Early => FEWEST_EARLY,
        Moment::Last | Moment::BesideAnEnd => FEWEST,
    };
    let mut unclear = Rise::None;
    for count in [buckets.len(), 1024, 256, 128] {
        if count > buckets.len() {
            continue;
        }
        let chunks = split(buckets, count);
        let floors: Vec<f64> = chunks.iter().map(|chunk| chunk.floor).collect();
        let half = floors[count - 1] - floors[count / 2 - 1];
        // A quarter of all buckets: those that the chunks leave out at the start may be many.
        let late = &buckets[buckets.len() / 4..];
        let late = split(late, late.len() / (buckets.len() / count));
        let late: Vec<f64> = late.iter().map(|chunk| chunk.floor).collect();
        if falls(&late) || creeps(&chunks, half) {
            continue;
        }
        let rises = rises(&floors);
        let late = rises.iter().filter(|at| **at >= count / 2).count();
        let likelier = likelihood_of_leak(&rises, count);
        // Rises that fill their chunks are not counted any more, so that only how high they
        // lead can tell whether they go on, and not how high one of them is.
        if is_crowded(&rises, count) && !goes_on(&without_jumps(buckets), LASTING) {
            continue;
        }
        if late >= fewest && likelier >= CERTAIN && lasts(&rises, count) {
            let rate = half / (buckets.len() / 2) as f64;
            return Rise::Certain(rate, "it rises rarely, at an even rate, and never falls");
        }
        if moment != Moment::Early && is_regular(&rises, count) {
            let rate = half / (buckets.len() / 2) as f64;
            return Rise::Certain(rate, "it rises at equal distances, and never falls");
        }
        if late >= 4 && likelier >= 0.0 && lasts(&rises, count) {
            unclear = Rise::Unclear("it rises rarely, and too few rises were seen");
        }
    }
    unclear
}

fn falls(floors: &[f64]) -> bool {
    floors.windows(2).any(|pair| pair[1] < pair[0])
}

/// Where the floor is higher than before.
fn rises(floors: &[f64]) -> Vec<usize> {
    (1..floors.len())
        .filter(|at| floors[*at] > floors[at - 1])
        .collect()
}

/// Whether more than a quarter of the chunks of one of the windows rise.
fn is_crowded(rises: &[usize], count: usize) -> bool {
    (0..WINDOWS).any(|window| {
        let (from, to) = (count >> (window + 1), count >> window);
        let seen = rises.iter().filter(|at| (from..to).contains(at)).count();
        seen >= 8 && seen * 4 > to - from
    })
}

/// Whether all rises stand at one distance, to the end. Few of them are enough: chance has no
/// clock, and what warms up by one is overdue when it is warm.
fn is_regular(rises: &[usize], count: usize) -> bool {
    let (Some(first), Some(last)) = (rises.first(), rises.last()) else {
        return false;
    };
    if rises.len() < REGULAR {
        return false;
    }
    let distance = (last - first) as f64 / (rises.len() - 1) as f64;
    // Places are whole chunks.
    let within = (0.03 * distance).max(1.5);
    let is_even = |pair: &[usize]| ((pair[1] - pair[0]) as f64 - distance).abs() <= within;
    let overdue = (count - last) as f64 > distance + within;
    rises.windows(2).all(is_even) && !overdue
}

/// Whether rises are seen in three of the last four eighths, one of them near the end.
fn lasts(rises: &[usize], count: usize) -> bool {
    let seen = |eighth: usize| {
        rises
            .iter()
            .any(|at| (count * eighth / 8..count * (eighth + 1) / 8).contains(at))
    };
    let late: Vec<bool> = (4..8).map(seen).collect();
    late.iter().filter(|seen| **seen).count() >= 3
        && (late[2] || late[3])
        && silence_at_the_end(rises, count) >= CHANCE
}

/// How likely a silence as long as that at the end is by chance, of rises that go on as they did.
fn silence_at_the_end(rises: &[usize], count: usize) -> f64 {
    let last = rises.last().copied().unwrap_or_default();
    let silent = (count - last) as f64 / (count - count / 2) as f64;
    let late = rises.iter().filter(|at| **at >= count / 2).count();
    (1.0 - silent)
        .max(0.0)
        .powi(late.try_into().unwrap_or(i32::MAX))
}

/// Logarithm of how much likelier the rises are at an even rate in steps than at one in the
/// logarithm of steps.
fn likelihood_of_leak(rises: &[usize], count: usize) -> f64 {
    let whole = 1.0 - 0.5_f64.powi(WINDOWS as i32);
    let even_by_logarithm = 1.0 / WINDOWS as f64;
    let windows = (0..WINDOWS).map(|window| {
        let (from, to) = (count >> (window + 1), count >> window);
        let seen = rises.iter().filter(|at| (from..to).contains(at)).count();
        let by_length = 0.5_f64.powi(window as i32 + 1) / whole;
        seen as f64 * (by_length / even_by_logarithm).ln()
    });
    windows.sum()
}
