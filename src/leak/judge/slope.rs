//! Steady growth under any noise: the floor, the median or the mean of equal chunks rises
//! through the last half of the steps.
//!
//! The rise is held against how much it varies from chunk to chunk. That test is fair to a
//! random walk as well, whose steps have no drift, and strict with any noise that comes back,
//! whose steps undo each other.

use super::Rise;
use super::chunk::{Chunk, creeps, split};
use super::lasting::{LASTING, goes_on, has_stopped, is_even};
use crate::leak::series::Bucket;

/// Chunks, and how many standard errors the mean rise a chunk must be above zero: with few
/// chunks the standard error is itself uncertain, hence more of them. The same rise must show in
/// a second number of chunks: a saw-tooth whose period nearly fits into a chunk drifts through
/// the chunks of one length, but not through those of the other.
const SCALES: [(usize, usize, f64); 3] = [(16, 22, 9.0), (32, 38, 6.5), (64, 74, 6.0)];

/// What is judged of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Course {
    /// As they are.
    Whole,
    /// Without what a table beside the leak jumps by, so that the rate is the leak's alone.
    WithoutJumps,
}

type Statistic = fn(&Chunk) -> f64;

const STATISTICS: [(Statistic, &str); 3] = [
    (|chunk| chunk.floor, "its floor rises steadily"),
    (|chunk| chunk.median, "its median rises steadily"),
    (|chunk| chunk.mean, "its mean rises steadily"),
];

pub(super) fn judge(buckets: &[Bucket], course: Course) -> Rise {
    let mut unclear = Rise::None;
    for (count, second, least) in SCALES {
        let chunks = split(buckets, count);
        let others = split(buckets, second);
        for (statistic, how) in STATISTICS {
            let of = |chunks| Slope::of(chunks, statistic, course, buckets.len());
            let Some(rise) = of(&chunks) else {
                continue;
            };
            if !of(&others).is_some_and(|other| other.confirms(&rise, least)) {
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
    fn of(chunks: &[Chunk], statistic: Statistic, course: Course, buckets: usize) -> Option<Self> {
        let values = course.of(chunks.iter().map(statistic).collect());
        let (last, errors) = rise_of_last_half(&values);
        let falls = course.falls(chunks);
        let means = course.of(chunks.iter().map(|chunk| chunk.mean).collect());
        let length = (buckets / chunks.len()) as f64;
        (last > 0.0 && !creeps(chunks, last) && is_new(&values, last) && falls * 2.0 < last).then(
            || Self {
                rate: last / (values.len() / 2) as f64 / length,
                errors,
                goes_on: goes_on(&values, LASTING) || is_even(&means),
                has_stopped: has_stopped(&values),
            },
        )
    }

    fn confirms(&self, other: &Self, least: f64) -> bool {
        let alike = self.rate / other.rate;
        self.errors >= least * 0.7 && (0.7..1.4).contains(&alike)
    }
}

impl Course {
    fn of(self, values: Vec<f64>) -> Vec<f64> {
        match self {
            Self::Whole => values,
            Self::WithoutJumps => without_largest_rises(&values),
        }
    }

    /// The largest fall of the last half, where a jump is left out: a table does not fall back, and
    /// what is cleared does.
    fn falls(self, chunks: &[Chunk]) -> f64 {
        if self == Self::Whole {
            return 0.0;
        }
        let late = chunks[chunks.len() / 2 - 1..].windows(2);
        late.map(|pair| pair[0].ceiling - pair[1].ceiling)
            .fold(0.0, f64::max)
    }
}

/// The same with the two largest rises of each quarter as small as the third: a table that doubles
/// jumps no more often.
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
