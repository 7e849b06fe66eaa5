//! Judge of the monotone envelope: finds a floor that rises under a saw-tooth of long period. In
//! each eighth of the steps, the lowest and the highest value are above those of the eighth before.
//!
//! Seven values in order occur by chance once in 5,040 times, and floors and ceilings must agree.
//! The first eighth is ignored, because programs start up there.

use super::Evidence;
use super::chunk::{Chunk, is_below_aliasing, split};
use super::saturation::{LASTING, goes_on, has_stopped};
use crate::leak::series::Bucket;

const EIGHTHS: usize = 8;
/// As [`LASTING`], for growth without its largest rise: an eighth may hold one period or two.
const LASTING_WITHOUT: f64 = 1.25;

pub(super) fn judge(buckets: &[Bucket]) -> Evidence {
    let chunks = split(buckets, EIGHTHS);
    let rises = |of: fn(&Chunk) -> f64| {
        chunks[1..]
            .windows(2)
            .all(|pair| of(&pair[0]) < of(&pair[1]))
    };
    if !rises(|chunk| chunk.floor) || !rises(|chunk| chunk.ceiling) {
        return Evidence::None;
    }
    let floors: Vec<f64> = chunks.iter().map(|chunk| chunk.floor).collect();
    let ceilings: Vec<f64> = chunks.iter().map(|chunk| chunk.ceiling).collect();
    let half = floors[EIGHTHS - 1] - floors[EIGHTHS / 2 - 1];
    if is_below_aliasing(&chunks, half) || has_stopped(&floors) || has_stopped(&ceilings) {
        return Evidence::None;
    }
    let last = |values: &[f64]| {
        goes_on(values, LASTING) && goes_on(&without_the_largest_rise(values), LASTING_WITHOUT)
    };
    if !last(&floors) || !last(&ceilings) {
        return Evidence::Unclear("live memory rises, but more and more slowly");
    }
    let rate = half / (buckets.len() / 2) as f64;
    Evidence::Certain(rate, "in every eighth of the steps")
}

/// The values with the largest rise of the last half reduced to the second largest. One late jump
/// on top of growth that ends does not show that the growth continues.
fn without_the_largest_rise(values: &[f64]) -> Vec<f64> {
    let mut rises: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let late = &mut rises[EIGHTHS / 2 - 1..];
    late.sort_unstable_by(f64::total_cmp);
    late[late.len() - 1] = late[late.len() - 2];
    let mut level = values[0];
    let mut levels = vec![level];
    // The rises of the last half are sorted so that the smallest comes last: the strictest order.
    late.reverse();
    for rise in rises {
        level += rise;
        levels.push(level);
    }
    levels
}
