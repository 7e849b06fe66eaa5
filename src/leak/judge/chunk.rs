//! Splits a series into equal parts and summarises each in a few numbers.

use crate::leak::series::Bucket;

/// Consecutive buckets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub floor: f64,
    pub ceiling: f64,
    pub mean: f64,
    pub median: f64,
}

/// Splits `buckets` into `count` chunks. A remainder is left out at the start.
pub(super) fn split(buckets: &[Bucket], count: usize) -> Vec<Chunk> {
    let length = buckets.len() / count;
    let start = buckets.len() - length * count;
    buckets[start..].chunks_exact(length).map(summary).collect()
}

/// Finest resolution at which jumps are searched. A finer one shows noise.
const FINEST: usize = 2048;

/// The lowest value of each of at most 2,048 chunks. The last chunk may be shorter, because the
/// first one must begin with the first step.
pub(super) fn floors(buckets: &[Bucket]) -> Vec<f64> {
    let chunks = buckets.chunks(buckets.len().div_ceil(FINEST));
    let floors = chunks.map(|chunk| chunk.iter().map(|bucket| bucket.lowest).min());
    floors.map(|floor| floor.unwrap_or(0) as f64).collect()
}

fn summary(buckets: &[Bucket]) -> Chunk {
    let floor = buckets.iter().map(|bucket| bucket.lowest).min();
    let ceiling = buckets.iter().map(|bucket| bucket.highest).max();
    let sum: f64 = buckets.iter().map(|bucket| bucket.mean).sum();
    let mut samples: Vec<i64> = buckets.iter().map(|bucket| bucket.last).collect();
    let middle = samples.len() / 2;
    let (_, median, _) = samples.select_nth_unstable(middle);
    Chunk {
        floor: floor.unwrap_or(0) as f64,
        ceiling: ceiling.unwrap_or(0) as f64,
        mean: sum / buckets.len() as f64,
        median: *median as f64,
    }
}

/// The part of each floor that is never freed again: the lowest floor from there to the end.
pub(super) fn kept(floors: &[f64]) -> Vec<f64> {
    let mut kept = floors.to_vec();
    for at in (1..kept.len()).rev() {
        kept[at - 1] = kept[at - 1].min(kept[at]);
    }
    kept
}

/// A rise through the last half that is this many times smaller than the distance from floor to
/// median is aliasing: it only shows at which point of its period the program was sampled.
const ALIASING: f64 = 1_000.0;

/// Whether a rise through the last half is below the aliasing threshold.
pub(super) fn is_below_aliasing(chunks: &[Chunk], rise: f64) -> bool {
    let late = &chunks[chunks.len() / 2..];
    let spread: f64 = late.iter().map(|chunk| chunk.median - chunk.floor).sum();
    rise * ALIASING < spread / late.len() as f64
}
