//! A floor that rises under a saw-tooth of long period: in each eighth of the steps the lowest
//! and the highest value are above those of the eighth before.
//!
//! Eight values in order happen by chance once in 40,320 times, and floors and ceilings must
//! agree. The first eighth may do as it likes, since programs start there.

use super::Rise;
use super::chunk::{Chunk, goes_on, split};
use crate::leak::series::Bucket;

const EIGHTHS: usize = 8;

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
    if !goes_on(&floors) || !goes_on(&ceilings) {
        return Rise::Unclear("floor and ceiling rise, but ever more slowly");
    }
    let half = floors[EIGHTHS - 1] - floors[EIGHTHS / 2 - 1];
    let rate = half / (buckets.len() / 2) as f64;
    Rise::Certain(rate, "its floor and its ceiling rise in every eighth")
}
