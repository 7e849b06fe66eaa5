//! Steady growth under any noise: the floor, the median or the mean of equal chunks rises
//! through the last half of the steps.
//!
//! The rise is held against how much it varies from chunk to chunk. That test is fair to a
//! random walk as well, whose steps have no drift, and strict with any noise that comes back,
//! whose steps undo each other.

use super::Rise;
use super::chunk::{Chunk, goes_on, split};
use crate::leak::series::Bucket;

/// Chunks, and how many standard errors the mean rise a chunk must be above zero. With few
/// chunks the standard error is itself uncertain, hence more of them.
const SCALES: [(usize, f64); 3] = [(16, 9.0), (32, 6.5), (64, 6.0)];
const STATISTICS: [(fn(&Chunk) -> f64, &str); 3] = [
    (|chunk| chunk.floor, "its floor rises steadily"),
    (|chunk| chunk.median, "its median rises steadily"),
    (|chunk| chunk.mean, "its mean rises steadily"),
];

pub(super) fn judge(buckets: &[Bucket]) -> Rise {
    let mut unclear = Rise::None;
    for (count, least) in SCALES {
        let chunks = split(buckets, count);
        let length = (buckets.len() / count) as f64;
        for (statistic, how) in STATISTICS {
            let values: Vec<f64> = chunks.iter().map(statistic).collect();
            let (last, errors) = rise_of_last_half(&values);
            if last <= 0.0 || !is_new(&values, last) {
                continue;
            }
            let on = goes_on(&values);
            if errors >= least && on {
                return Rise::Certain(last / (count / 2) as f64 / length, how);
            }
            if errors >= least * 0.75 && !has_stopped(&values, last) {
                unclear = Rise::Unclear("it rises, but not at a rate that lasts");
            }
        }
    }
    unclear
}

/// The rise through the last half, and its mean over chunks in standard errors.
fn rise_of_last_half(values: &[f64]) -> (f64, f64) {
    let late = &values[values.len() / 2 - 1..];
    let rises: Vec<f64> = late.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let count = rises.len() as f64;
    let mean = rises.iter().sum::<f64>() / count;
    let squares: f64 = rises.iter().map(|rise| (rise - mean).powi(2)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    let errors = match error {
        0.0 => f64::INFINITY,
        _ => mean / error,
    };
    (mean * count, errors)
}

/// Whether the quarter before the last half was well below the end: what only came back to an
/// earlier level, as a long saw-tooth does, is no growth. Starts may be high, so that the first
/// quarter does not count.
fn is_new(values: &[f64], last: f64) -> bool {
    let count = values.len();
    let before = &values[count / 4..count / 2];
    let highest = before.iter().copied().fold(f64::MIN, f64::max);
    values[count - 1] - highest >= last / 2.0
}

/// Whether the last eighth adds next to nothing.
fn has_stopped(values: &[f64], last: f64) -> bool {
    let count = values.len();
    values[count - 1] - values[count * 7 / 8 - 1] < last / 40.0
}
