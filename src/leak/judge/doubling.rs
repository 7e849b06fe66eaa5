//! Judge for growth in doublings: a list that only grows always has one block, and its bytes jump
//! more and more rarely.
//!
//! ```text
//!                                  ┌──────────────────────  jump ×2, after twice the time
//!                     ┌────────────┘
//!              ┌──────┘
//!          ┌───┘
//!  ────────┘        the start does not matter: only sizes and distances are compared
//! ```
//!
//! A list that is filled at an even rate jumps after twice as many steps by twice as many bytes.
//! Late jumps of a bounded program, like those of a map that is rebuilt under churn, do not have
//! this order. A list that has reached its bound is overdue for the next jump.

use super::Evidence;
use super::chunk::{floors, kept};
use crate::leak::series::Bucket;

/// Minimum number of jumps in order.
const CHAIN: usize = 4;
/// Minimum number of doublings of one list whose rate changed once.
const DOUBLINGS: usize = 8;
/// A chain ignores jumps that are this many times smaller than the largest.
const SMALLEST: f64 = 70.0;

/// The next jump is overdue after this multiple of the expected distance.
const OVERDUE: f64 = 1.12;

struct Jump {
    at: f64,
    size: f64,
}

pub(super) fn judge(buckets: &[Bucket]) -> Evidence {
    let floors = floors(buckets);
    let count = floors.len();
    let mut jumps = jumps(&floors);
    let is_one_list = is_one_list(&jumps);
    let largest = jumps.iter().map(|jump| jump.size).fold(0.0, f64::max);
    jumps.retain(|jump| jump.size * SMALLEST >= largest);
    let in_order = is_one_list || chain(&jumps) >= CHAIN;
    let Some([before, last]) = jumps.last_chunk::<2>() else {
        return Evidence::None;
    };
    let ratio = last.size / before.size;
    let due = last.at + (last.at - before.at) * ratio.clamp(2.0, 4.0) * OVERDUE;
    if !in_order || due < count as f64 || last.at < count as f64 / 8.0 {
        return Evidence::None;
    }
    let early = floors[count / 4];
    let rate = (floors[count - 1] - early) / (buckets.len() as f64 * 0.75);
    Evidence::Doubling(rate, "in jumps that double in size and distance")
}

/// Finds each position at which all later values are above all earlier ones, and by how much. Noise
/// on a plateau neither creates nor hides a jump.
fn jumps(floors: &[f64]) -> Vec<Jump> {
    let later = kept(floors);
    let mut highest = floors[0];
    let mut jumps = Vec::new();
    for at in 1..floors.len() {
        if later[at] > highest {
            let size = later[at] - highest;
            jumps.push(Jump {
                at: at as f64,
                size,
            });
        }
        highest = highest.max(floors[at]);
    }
    jumps
}

/// Whether the last jumps are the doublings of one list, which needs twice the time for twice the
/// size. One change of its rate is allowed; it affects two adjacent distances.
fn is_one_list(jumps: &[Jump]) -> bool {
    let Some(jumps) = jumps.last_chunk::<DOUBLINGS>() else {
        return false;
    };
    let is_double = |pair: &[Jump]| (pair[1].size / pair[0].size - 2.0).abs() < 0.06;
    let distances: Vec<f64> = jumps
        .windows(2)
        .map(|pair| pair[1].at - pair[0].at)
        .collect();
    let ratio = |at: usize| distances[at] / distances[at - 1] / 2.0;
    let uneven: Vec<usize> = (1..distances.len())
        .filter(|at| !(1.0 / 1.3..1.3).contains(&ratio(*at)))
        .collect();
    // A map under churn may be rebuilt once more, long after it was full.
    let is_late = ratio(distances.len() - 1) >= 1.3;
    let one_change = match uneven[..] {
        [] | [_] => true,
        [first, second] => second == first + 1,
        _ => false,
    };
    jumps.windows(2).all(is_double) && one_change && !is_late
}

/// How many of the last jumps grow in size and distance by the same factor. Jumps of several
/// containers may have such an order by chance, but only in short sequences.
fn chain(jumps: &[Jump]) -> usize {
    let mut length = jumps.len().min(2);
    for three in jumps.windows(3).rev() {
        let (first, second) = (three[1].at - three[0].at, three[2].at - three[1].at);
        let sizes = three[2].size / three[1].size;
        let alike = (second / first) / sizes;
        // Distances are whole chunks, so ratios of short distances are inexact. The last distance
        // is long enough to be exact. A map under churn that happens to be rebuilt at about the
        // right time is not mistaken for one more doubling.
        let within = if length == 2 { 1.15 } else { 1.5 };
        let is_within = |ratio: f64| (1.0 / within..within).contains(&ratio);
        let alike = is_within(alike) || is_within(second / first / 2.0);
        let distances = alike || (second - sizes * first).abs() <= 2.0;
        if !distances || !(1.3..4.6).contains(&sizes) {
            break;
        }
        length += 1;
    }
    length
}
