//! Equal parts of a series, each as a few numbers.

use crate::leak::series::Bucket;

/// Consecutive buckets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub floor: f64,
    pub ceiling: f64,
    pub mean: f64,
    pub median: f64,
}

/// Splits `buckets` into `count` chunks; a remainder is left out at the start.
pub(super) fn split(buckets: &[Bucket], count: usize) -> Vec<Chunk> {
    let length = buckets.len() / count;
    let start = buckets.len() - length * count;
    buckets[start..].chunks_exact(length).map(summary).collect()
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

/// Of each floor what is never given back again: the lowest from there to the end.
pub(super) fn kept(floors: &[f64]) -> Vec<f64> {
    let mut kept = floors.to_vec();
    for at in (1..kept.len()).rev() {
        kept[at - 1] = kept[at - 1].min(kept[at]);
    }
    kept
}

/// Growth of the last half over that of the quarter before it, at least: a constant rate makes 2
/// of it, a square root 1.4, a logarithm 1, and what fills up less.
pub(super) const LASTING: f64 = 1.5;

/// Whether growth goes on as it did: over the last eighth at least at half of the rate of the
/// last half, and over the last half `lasting` times as much as over the quarter before it.
/// `values` are equally spaced.
pub(super) fn goes_on(values: &[f64], lasting: f64) -> bool {
    let count = values.len();
    let at = |part: usize| values[count * part / 8 - 1];
    let (half, quarter) = (at(8) - at(4), at(4) - at(2));
    half > 0.0 && at(8) - at(7) >= half / 8.0 && half >= lasting * quarter
}

/// Whether next to nothing of the growth of the last half came in its last eighth of all steps,
/// where a constant rate would bring a quarter of it.
pub(super) fn has_stopped(values: &[f64]) -> bool {
    let count = values.len();
    let at = |part: usize| values[count * part / 8 - 1];
    at(8) - at(7) < (at(8) - at(4)) / 12.0
}

/// A rise by less than this part of the distance from floor to median, through the last half, is
/// a matter of where in their periods the steps fall.
const CREEP: f64 = 1_000.0;

/// Whether a rise of the last half is too small for the swing that it happens under.
pub(super) fn creeps(chunks: &[Chunk], rise: f64) -> bool {
    let late = &chunks[chunks.len() / 2..];
    let spread: f64 = late.iter().map(|chunk| chunk.median - chunk.floor).sum();
    rise * CREEP < spread / late.len() as f64
}
