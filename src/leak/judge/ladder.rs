//! A floor that rises under a saw-tooth of long period: in each eighth of the steps the lowest
//! and the highest value are above those of the eighth before.
//!
//! Eight values in order happen by chance once in 40,320 times, and floors and ceilings must
//! agree. The first eighth may do as it likes, since programs start there.

use super::Rise;
use super::chunk::{Chunk, creeps, split};
use super::lasting::{LASTING, goes_on, has_stopped};
use crate::leak::series::Bucket;

const EIGHTHS: usize = 8;
/// As [`LASTING`], for growth that was made smaller: an eighth may hold one period or two.
const LASTING_WITHOUT: f64 = 1.25;

pub(super) fn judge(buckets: &[Bucket]) -> Rise {
    let chunks = split(buckets, EIGHTHS);
    let rises = |of: fn(&Chunk) -> f64| {
        chunks[1..]
            .windows(2)
            .all(|pair| of(&pair[0]) < of(&pair[1]))
    };
    if !rises(|chunk| chunk.floor) || !rises(|chunk| chunk.ceiling) {
        return Rise::None;
    }
    let floors: Vec<f64> = chunks.iter().map(|chunk| chunk.floor).collect();
    let ceilings: Vec<f64> = chunks.iter().map(|chunk| chunk.ceiling).collect();
    let half = floors[EIGHTHS - 1] - floors[EIGHTHS / 2 - 1];
    if creeps(&chunks, half) || has_stopped(&floors) || has_stopped(&ceilings) {
        return Rise::None;
    }
    let last = |values: &[f64]| {
        goes_on(values, LASTING) && goes_on(&without_the_largest_rise(values), LASTING_WITHOUT)
    };
    if !last(&floors) || !last(&ceilings) {
        return Rise::Unclear("floor and ceiling rise, but ever more slowly");
    }
    let rate = half / (buckets.len() / 2) as f64;
    Rise::Certain(rate, "its floor and its ceiling rise in every eighth")
}

/// The same with the largest rise of the last half as small as the second largest: one late jump
/// on top of growth that ends is no sign that it goes on.
fn without_the_largest_rise(values: &[f64]) -> Vec<f64> {
    let mut rises: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let late = &mut rises[EIGHTHS / 2 - 1..];
    late.sort_unstable_by(f64::total_cmp);
    late[late.len() - 1] = late[late.len() - 2];
    let mut level = values[0];
    let mut levels = vec![level];
    // The last half falls off from its smallest rise at the end: the strictest order.
    late.reverse();
    for rise in rises {
        level += rise;
        levels.push(level);
    }
    levels
}
