//! Judges whether the live memory of a server grows from sample to sample, and how fast.

use serde::{Deserialize, Serialize};

/// Live memory at one sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Blocks.
    pub blocks: i64,
    /// The bytes of these blocks.
    pub bytes: i64,
}

impl std::ops::Add for Level {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            blocks: self.blocks + other.blocks,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// The growth per request.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GrowthRate {
    /// Blocks per request, over all rounds.
    pub blocks: f64,
    /// Bytes per request, over all rounds.
    pub bytes: f64,
    /// How it grows; `None` if it does not.
    pub course: Option<GrowthPattern>,
}

/// How live memory grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrowthPattern {
    /// In every round. For bytes, the last round must rise by at least a quarter of the median
    /// rise, because memory that fills up grows ever more slowly. For blocks, every round must rise
    /// by at least half of the mean rise: the table around blocks that are kept one by one can
    /// double, so that its bytes rise unevenly.
    Steady,
    /// In steps that grow with the level, like a buffer that doubles. It never falls, rises in more
    /// than one round, and ends at no less than twice the first level.
    Steps,
}

/// The minimum rise of a round in bytes. With at least one byte per request, it exceeds buffers of
/// connections and timers that come and go.
const NOISE: i64 = 512;
/// The minimum rise of a round in blocks. With at least one block per thousand requests, it exceeds
/// the blocks of connections that happen to be open.
const FEWEST: i64 = 16;

/// Judges whether live memory grows over `marks`, the samples between rounds of `requests` each.
/// `None` for fewer than two rounds.
///
/// ```
/// use heapmark_model::growth::{GrowthPattern, Level, judge};
///
/// let marks = [0, 10_000, 20_000, 30_000].map(|bytes| Level { blocks: bytes / 100, bytes });
/// let slope = judge(&marks, 100).expect("there are three rounds");
/// assert_eq!((slope.blocks, slope.bytes), (1.0, 100.0));
/// assert_eq!(slope.course, Some(GrowthPattern::Steady));
/// ```
pub fn judge(marks: &[Level], requests: u64) -> Option<GrowthRate> {
    let (first, last) = (marks.first()?, marks.last()?);
    let rounds = marks.len().checked_sub(1).filter(|&rounds| rounds > 1)?;
    let all = rounds as f64 * requests as f64;
    let requests = i64::try_from(requests).unwrap_or(i64::MAX);
    let least = NOISE.max(requests);
    let rise = |pair: &[Level]| pair[1].bytes - pair[0].bytes;
    let rises = |pair: &[Level]| rise(pair) >= least;
    let up = marks.windows(2).filter(|pair| rises(pair)).count();
    let never_down = marks.windows(2).all(|pair| pair[0].bytes <= pair[1].bytes);
    // The mean would be dominated by a round in which a table doubled.
    let mut sorted: Vec<i64> = marks.windows(2).map(rise).collect();
    let last_rise = sorted.last().copied().unwrap_or_default();
    sorted.sort_unstable();
    let goes_on = last_rise.saturating_mul(4) >= sorted[rounds / 2];
    let fewest = FEWEST.max(requests / 1_000);
    let evenly = |pair: &[Level]| {
        let rise = pair[1].blocks - pair[0].blocks;
        rise >= fewest && rise.saturating_mul(2 * rounds as i64) >= last.blocks - first.blocks
    };
    let course = if marks.windows(2).all(evenly) {
        Some(GrowthPattern::Steady)
    } else if up == rounds {
        goes_on.then_some(GrowthPattern::Steady)
    } else if never_down && up > 1 && last.bytes >= first.bytes.saturating_mul(2) {
        Some(GrowthPattern::Steps)
    } else {
        None
    };
    Some(GrowthRate {
        blocks: (last.blocks - first.blocks) as f64 / all,
        bytes: (last.bytes - first.bytes) as f64 / all,
        course,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(bytes: &[i64]) -> Option<GrowthPattern> {
        let level = |&bytes: &i64| Level { blocks: 0, bytes };
        let levels: Vec<Level> = bytes.iter().map(level).collect();
        judge(&levels, 100).unwrap().course
    }

    #[test]
    fn growth_in_every_round_is_steady() {
        assert_eq!(
            course(&[0, 1_000, 2_000, 3_000]),
            Some(GrowthPattern::Steady)
        );
        assert_eq!(course(&[0, 100, 200, 300]), None);
        assert_eq!(course(&[5_000; 4]), None);
    }

    #[test]
    fn blocks_that_are_kept_one_by_one_are_steady_even_if_a_table_around_them_doubles() {
        // From a real server, whose table doubled in the first and in the third round.
        let bytes = [1_226_180, 2_452_344, 2_597_164, 4_904_672, 5_049_492];
        let kept = |each: i64| {
            let marks = bytes.iter().zip(1..);
            let marks = marks.map(|(&bytes, mark)| Level {
                blocks: mark * each,
                bytes,
            });
            judge(&marks.collect::<Vec<_>>(), 14_482).unwrap().course
        };
        assert_eq!(kept(14_482), Some(GrowthPattern::Steady));
        assert_eq!(kept(FEWEST), Some(GrowthPattern::Steady));
        assert_eq!(kept(FEWEST - 1), None);
    }

    #[test]
    fn what_fills_up_slows_down() {
        assert_eq!(course(&[0, 100_000, 150_000, 160_000, 161_000]), None);
        let table_doubles = [0, 4_000, 24_000, 28_000, 32_000, 36_000];
        assert_eq!(course(&table_doubles), Some(GrowthPattern::Steady));
        let slower = course(&[0, 100_000, 180_000, 250_000, 310_000]);
        assert_eq!(slower, Some(GrowthPattern::Steady));
    }

    #[test]
    fn a_buffer_that_doubles_grows_in_steps() {
        let doubling = [16_384, 16_384, 32_768, 32_768, 65_536];
        assert_eq!(course(&doubling), Some(GrowthPattern::Steps));
    }

    #[test]
    fn one_step_is_a_table_that_found_its_size() {
        assert_eq!(course(&[4_096, 4_096, 8_192, 8_192, 8_192]), None);
    }

    #[test]
    fn memory_that_also_falls_is_not_growth() {
        assert_eq!(course(&[1_000, 4_000, 2_000, 6_000, 9_000]), None);
    }

    #[test]
    fn steps_that_are_small_compared_with_the_whole_are_not_growth() {
        let filling = [90_000, 91_000, 91_000, 92_000, 92_000];
        assert_eq!(course(&filling), None);
    }

    #[test]
    fn the_slope_is_per_request() {
        let level = |blocks| Level {
            blocks,
            bytes: blocks * 50,
        };
        let slope = judge(&[level(0), level(200), level(400)], 100).unwrap();
        assert_eq!((slope.blocks, slope.bytes), (2.0, 100.0));
    }

    #[test]
    fn two_samples_are_too_few_to_judge() {
        assert_eq!(judge(&[Level::default(); 2], 100), None);
    }
}
