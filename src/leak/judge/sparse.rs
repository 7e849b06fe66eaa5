//! Judge of sparse events: one block in thousands of steps. There are too few rises for a standard
//! error, but each is permanent. The question is only whether they occur at an even rate, like a
//! leak, or more and more rarely, like the new maxima of a pool that warms up.
//!
//! ```text
//!  steps     [N/16,N/8)  [N/8,N/4)  [N/4,N/2)  [N/2,N)
//!  a leak          1          2          4         8      rises per window: even in steps
//!  a warm-up       3          3          3         3      even in the logarithm of steps
//! ```
//!
//! The likelihood ratio of the counts under the two models decides. It is computed for chunks of
//! several widths, so that short-lived memory does not hide the rises.

use super::chunk::{is_below_aliasing, split};
use super::saturation::{LASTING, goes_on, without_jumps};
use super::{Evidence, Strictness};
use crate::leak::series::Bucket;

/// Number of geometric windows that are compared with the two models.
const WINDOWS: usize = 6;
/// Natural logarithm of the minimum likelihood ratio: a leak must be 1,000 times likelier.
const CERTAIN: f64 = 6.9;
/// Minimum number of rises in the last half.
const FEWEST: usize = 6;

/// The minimum while steps are left: more than a group of tables has members.
const FEWEST_EARLY: usize = 256;

/// If a silence at the end is less likely than this, the rises have ended.
const CHANCE: f64 = 0.02;

/// Minimum number of rises at equal distances that do not occur by chance.
const REGULAR: usize = 8;

pub(super) fn judge(buckets: &[Bucket], strictness: Strictness) -> Evidence {
    // The members of a finite group, such as the shards of a map, may rise one by one and then end.
    let fewest = match strictness {
        Strictness::Early => FEWEST_EARLY,
        Strictness::Final | Strictness::WithBoundedPart => FEWEST,
    };
    let mut unclear = Evidence::None;
    for count in [buckets.len(), 1024, 256, 128] {
        if count > buckets.len() {
            continue;
        }
        let chunks = split(buckets, count);
        let floors: Vec<f64> = chunks.iter().map(|chunk| chunk.floor).collect();
        let half = floors[count - 1] - floors[count / 2 - 1];
        // A quarter of all buckets, because the chunks may leave out many at the start.
        let late = &buckets[buckets.len() / 4..];
        let late = split(late, late.len() / (buckets.len() / count));
        let late: Vec<f64> = late.iter().map(|chunk| chunk.floor).collect();
        if falls(&late) || is_below_aliasing(&chunks, half) {
            continue;
        }
        let rises = rises(&floors);
        let late = rises.iter().filter(|at| **at >= count / 2).count();
        let likelier = likelihood_of_leak(&rises, count);
        // If almost every chunk has a rise, their number no longer shows whether they continue.
        // The levels that they lead to do, without single large jumps.
        if is_crowded(&rises, count) && !goes_on(&without_jumps(buckets), LASTING) {
            continue;
        }
        if late >= fewest && likelier >= CERTAIN && lasts(&rises, count) {
            let rate = half / (buckets.len() / 2) as f64;
            return Evidence::Certain(rate, "at an even rate, without falling");
        }
        if strictness != Strictness::Early && is_regular(&rises, count) {
            let rate = half / (buckets.len() / 2) as f64;
            return Evidence::Certain(rate, "at equal intervals, without falling");
        }
        if late >= 4 && likelier >= 0.0 && lasts(&rises, count) {
            unclear = Evidence::Unclear("live memory rises rarely, and too few rises were seen");
        }
    }
    unclear
}

fn falls(floors: &[f64]) -> bool {
    floors.windows(2).any(|pair| pair[1] < pair[0])
}

/// The positions at which the floor is higher than before.
fn rises(floors: &[f64]) -> Vec<usize> {
    (1..floors.len())
        .filter(|at| floors[*at] > floors[at - 1])
        .collect()
}

/// Whether more than a quarter of the chunks in one of the windows rise.
fn is_crowded(rises: &[usize], count: usize) -> bool {
    (0..WINDOWS).any(|window| {
        let (from, to) = (count >> (window + 1), count >> window);
        let seen = rises.iter().filter(|at| (from..to).contains(at)).count();
        seen >= 8 && seen * 4 > to - from
    })
}

/// Whether all rises have equal distances up to the end. A few are enough: random rises are not
/// periodic, and periodic rises of a warm-up stop, so the next one is overdue.
fn is_regular(rises: &[usize], count: usize) -> bool {
    let (Some(first), Some(last)) = (rises.first(), rises.last()) else {
        return false;
    };
    if rises.len() < REGULAR {
        return false;
    }
    let distance = (last - first) as f64 / (rises.len() - 1) as f64;
    // Positions are whole chunks.
    let within = (0.03 * distance).max(1.5);
    let is_even = |pair: &[usize]| ((pair[1] - pair[0]) as f64 - distance).abs() <= within;
    let overdue = (count - last) as f64 > distance + within;
    rises.windows(2).all(is_even) && !overdue
}

/// Whether three of the last four eighths have rises, including one of the last two, and the
/// silence at the end can be due to chance.
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

/// The probability of a silence at least as long as that at the end, if the rises continue at their
/// rate.
fn silence_at_the_end(rises: &[usize], count: usize) -> f64 {
    let last = rises.last().copied().unwrap_or_default();
    let silent = (count - last) as f64 / (count - count / 2) as f64;
    let late = rises.iter().filter(|at| **at >= count / 2).count();
    (1.0 - silent)
        .max(0.0)
        .powi(late.try_into().unwrap_or(i32::MAX))
}

/// Logarithm of the likelihood ratio of the rises: an even rate in steps, compared with an even
/// rate in the logarithm of steps.
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
