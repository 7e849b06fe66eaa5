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

/// A rise more than this many times as large as the middle one of its neighbours is a jump.
const JUMP: f64 = 2.0;
/// Neighbours on either side.
const NEIGHBOURS: usize = 8;
/// A table that finds its size jumps no more often than this, since its eight doublings may each
/// fall into two parts; more jumps are growth themselves.
const JUMPS: usize = 16;
/// Parts whose means are a course.
const PARTS: usize = 256;

/// The course of the means without its jumps, where they are few: each of them as much as rises
/// beside it.
pub(super) fn without_jumps(buckets: &[Bucket]) -> Vec<f64> {
    let chunks = split(buckets, PARTS);
    let values: Vec<f64> = chunks.iter().map(|chunk| chunk.mean).collect();
    let rises: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let usual = |at: usize| {
        let beside = &rises[at.saturating_sub(NEIGHBOURS)..rises.len().min(at + NEIGHBOURS + 1)];
        let mut sorted = beside.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let mut jumps = 0;
    let mut level = values.first().copied().unwrap_or_default();
    let mut course = vec![level];
    for (at, rise) in rises.iter().enumerate() {
        let usual = usual(at);
        let is_jump = *rise > JUMP * usual.max(0.0);
        jumps += usize::from(is_jump);
        level += if is_jump { usual } else { *rise };
        course.push(level);
    }
    if jumps > JUMPS {
        values.to_vec()
    } else {
        course
    }
}

/// How many times as much each doubling of the steps brings as the one before: an even rate brings
/// twice as much each time, a power of the steps the same multiple each time, and what fills up less
/// and less. By so much the last multiple falls below both at least.
const SLOWER: f64 = 0.1;

/// Whether growth slows down as that of what fills up does, beyond the noise of its rises and
/// jumps left out.
pub(super) fn fills_up(buckets: &[Bucket]) -> bool {
    let values = without_jumps(buckets);
    let count = values.len();
    let at = |part: usize| values[count / part - 1];
    let (first, second, third) = (at(4) - at(8), at(2) - at(4), at(1) - at(2));
    if first <= 0.0 || second <= 0.0 || third <= 0.0 {
        return false;
    }
    let (before, last) = (second / first, third / second);
    let late = &values[count / 8 - 1..];
    let rises: Vec<f64> = late.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Of neighbours, so that the slowing down is no noise.
    let squares = rises.windows(2).map(|pair| (pair[1] - pair[0]).powi(2));
    let variance = squares.sum::<f64>() / (2 * rises.len()) as f64;
    let relative = |growth: f64, part: usize| variance * (count / part) as f64 / growth.powi(2);
    let error = (last.powi(2) * (relative(third, 2) + relative(second, 4))
        + before.powi(2) * (relative(second, 4) + relative(first, 8)))
    .sqrt();
    // Growth that starts late, or rises to its rate, is slower than that before and even since.
    let least = SLOWER.max(4.0 * error);
    before - last > least && 2.0 - last > least
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

#[cfg(test)]
mod tests {
    use super::fills_up;
    use crate::leak::series::Series;

    const STEPS: u32 = 125_000;

    fn course(live: impl Fn(f64) -> f64) -> bool {
        let mut series = Series::new();
        for step in 0..STEPS {
            series.push(live(f64::from(step)) as i64);
        }
        fills_up(series.buckets())
    }

    #[test]
    fn places_that_run_out_fill_up() {
        for places in [60_000.0, 150_000.0, 300_000.0] {
            assert!(course(|step| 64.0
                * places
                * (1.0 - (-step / places).exp())));
        }
    }

    #[test]
    fn an_even_rate_fills_nothing_up_wherever_it_begins() {
        for start in (0..60).map(|thousands| f64::from(thousands) * 1_000.0) {
            assert!(!course(|step| 64.0 * (step - start).max(0.0)), "{start}");
        }
    }

    #[test]
    fn a_rate_that_rises_to_its_level_fills_nothing_up() {
        for length in [20_000.0, 40_000.0, 60_000.0, 80_000.0] {
            let ramp = |step: f64| match step < length {
                true => step * step / length / 2.0,
                false => step - length / 2.0,
            };
            assert!(!course(|step| 64.0 * ramp(step)), "{length}");
        }
    }
}
