//! Judge for steady growth under any noise: the floor, the median or the mean of equal chunks rises
//! through the last half of the steps.
//!
//! The rise is compared with its variation from chunk to chunk. This test is also valid for a
//! random walk, because it has no drift. It is conservative for noise that reverts to a level,
//! because its changes cancel each other.

use super::Evidence;
use super::chunk::{Chunk, is_below_aliasing, split};
use super::saturation::{LASTING, goes_on, has_stopped, is_even};
use crate::leak::series::Bucket;

/// Number of chunks, second number of chunks, and how many standard errors the mean rise per chunk
/// must be above zero. With few chunks the standard error itself is uncertain, so more are needed.
/// The rise must also appear with the second number of chunks: a saw-tooth whose period is close to
/// a chunk drifts through chunks of one length, but not through those of the other.
const SCALES: [(usize, usize, f64); 3] = [(16, 22, 9.0), (32, 38, 6.5), (64, 74, 6.0)];

/// Whether jumps are part of the values that are judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Jumps {
    /// The values are judged unchanged.
    Included,
    /// The jumps of a table next to the leak are removed, so that the rate is that of the leak.
    Excluded,
}

type Statistic = fn(&Chunk) -> f64;

const STATISTICS: [(Statistic, &str); 3] = [
    (|chunk| chunk.floor, "steadily"),
    (|chunk| chunk.median, "steadily in the median"),
    (|chunk| chunk.mean, "steadily on average"),
];

pub(super) fn judge(buckets: &[Bucket], jumps: Jumps) -> Evidence {
    let mut unclear = Evidence::None;
    for (count, second, least) in SCALES {
        let chunks = split(buckets, count);
        let others = split(buckets, second);
        for (statistic, how) in STATISTICS {
            let of = |chunks| Slope::from_chunks(chunks, statistic, jumps, buckets.len());
            let Some(rise) = of(&chunks) else {
                continue;
            };
            if !of(&others).is_some_and(|other| other.confirms(&rise, least)) {
                continue;
            }
            if rise.errors >= least && rise.goes_on {
                return Evidence::Certain(rise.rate, how);
            }
            if rise.errors >= least && !rise.has_stopped {
                unclear = Evidence::Unclear("live memory rises, but at a decreasing rate");
            }
        }
    }
    unclear
}

/// The rise of one statistic.
struct Slope {
    /// Per bucket.
    rate: f64,
    errors: f64,
    goes_on: bool,
    has_stopped: bool,
}

impl Slope {
    /// `None` if it does not rise above earlier levels.
    fn from_chunks(
        chunks: &[Chunk],
        statistic: Statistic,
        jumps: Jumps,
        buckets: usize,
    ) -> Option<Self> {
        let values = jumps.apply(chunks.iter().map(statistic).collect());
        let (last, errors) = rise_of_last_half(&values);
        let falls = jumps.falls(chunks);
        let means = jumps.apply(chunks.iter().map(|chunk| chunk.mean).collect());
        let length = (buckets / chunks.len()) as f64;
        (last > 0.0
            && !is_below_aliasing(chunks, last)
            && is_new(&values, last)
            && falls * 2.0 < last)
            .then(|| Self {
                rate: last / (values.len() / 2) as f64 / length,
                errors,
                goes_on: goes_on(&values, LASTING) || is_even(&means),
                has_stopped: has_stopped(&values),
            })
    }

    fn confirms(&self, other: &Self, least: f64) -> bool {
        let alike = self.rate / other.rate;
        self.errors >= least * 0.7 && (0.7..1.4).contains(&alike)
    }
}

impl Jumps {
    fn apply(self, values: Vec<f64>) -> Vec<f64> {
        match self {
            Self::Included => values,
            Self::Excluded => without_largest_rises(&values),
        }
    }

    /// The largest fall of the last half, if jumps are removed. A table does not fall back, but
    /// memory that is cleared does.
    fn falls(self, chunks: &[Chunk]) -> f64 {
        if self == Self::Included {
            return 0.0;
        }
        let late = chunks[chunks.len() / 2 - 1..].windows(2);
        late.map(|pair| pair[0].ceiling - pair[1].ceiling)
            .fold(0.0, f64::max)
    }
}

/// The values with the two largest rises of each quarter reduced to the third largest. A table that
/// doubles does not jump more often.
fn without_largest_rises(values: &[f64]) -> Vec<f64> {
    let count = values.len();
    let mut rises: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for quarter in rises.chunks_mut(count.div_ceil(4)) {
        let mut sorted = quarter.to_vec();
        sorted.sort_by(f64::total_cmp);
        let most = sorted[sorted.len().saturating_sub(3)];
        quarter.iter_mut().for_each(|rise| *rise = rise.min(most));
    }
    let mut level = values[0];
    let mut course = vec![level];
    for rise in rises {
        level += rise;
        course.push(level);
    }
    course
}

/// The rise through the last half, and its mean per chunk in standard errors.
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

/// Whether the quarter before the last half was well below the end. A return to an earlier level,
/// as in a long saw-tooth, is not growth. The first quarter is ignored, because a start may be
/// high.
fn is_new(values: &[f64], last: f64) -> bool {
    let count = values.len();
    let before = &values[count / 4..count / 2];
    let highest = before.iter().copied().fold(f64::MIN, f64::max);
    values[count - 1] - highest >= last / 2.0
}
