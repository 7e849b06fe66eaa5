//! Steady growth under any noise: the floor, the median or the mean of equal chunks rises
//! through the last half of the steps.
//!
//! The rise is held against how much it varies from chunk to chunk. That test is fair to a
//! random walk as well, whose steps have no drift, and strict with any noise that comes back,
//! whose steps undo each other.

use super::Rise;
use super::chunk::{Chunk, LASTING, creeps, goes_on, has_stopped, split};
use crate::leak::series::Bucket;

/// Chunks, and how many standard errors the mean rise a chunk must be above zero: with few
/// chunks the standard error is itself uncertain, hence more of them. The same rise must show in
/// a second number of chunks: a saw-tooth whose period nearly fits into a chunk drifts through
/// the chunks of one length, but not through those of the other.
const SCALES: [(usize, usize, f64); 3] = [(16, 22, 9.0), (32, 38, 6.5), (64, 74, 6.0)];

type Statistic = fn(&Chunk) -> f64;

const STATISTICS: [(Statistic, &str); 3] = [
    (|chunk| chunk.floor, "its floor rises steadily"),
    (|chunk| chunk.median, "its median rises steadily"),
    (|chunk| chunk.mean, "its mean rises steadily"),
];

pub(super) fn judge(buckets: &[Bucket]) -> Rise {
    let mut unclear = Rise::None;
    for (count, second, least) in SCALES {
        let chunks = split(buckets, count);
        let others = split(buckets, second);
        for (statistic, how) in STATISTICS {
            let Some(rise) = Slope::of(&chunks, statistic, buckets.len()) else {
                continue;
            };
            let confirmed = Slope::of(&others, statistic, buckets.len())
                .is_some_and(|other| other.confirms(&rise, least));
            if !confirmed {
                continue;
            }
            if rise.errors >= least && rise.goes_on {
                return Rise::Certain(rise.rate, how);
            }
            if rise.errors >= least && !rise.has_stopped {
                unclear = Rise::Unclear("it rises, but not at a rate that lasts");
            }
        }
    }
    unclear
}

/// How one statistic rises.
struct Slope {
    /// In a bucket.
    rate: f64,
    errors: f64,
    goes_on: bool,
    has_stopped: bool,
}

impl Slope {
    /// `None` where it does not rise above where it has been.
    fn of(chunks: &[Chunk], statistic: Statistic, buckets: usize) -> Option<Self> {
        let values: Vec<f64> = chunks.iter().map(statistic).collect();
        let (last, errors) = rise_of_last_half(&values);
        let length = (buckets / chunks.len()) as f64;
        (last > 0.0 && !creeps(chunks, last) && is_new(&values, last)).then(|| Self {
            rate: last / (values.len() / 2) as f64 / length,
            errors,
            goes_on: goes_on(&values, LASTING),
            has_stopped: has_stopped(&values),
        })
    }

    fn confirms(&self, other: &Self, least: f64) -> bool {
        let alike = self.rate / other.rate;
        self.errors >= least * 0.7 && (0.7..1.4).contains(&alike)
    }
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
