//! Whether what lives grows from mark to mark, and by how much with each request.

use serde::{Deserialize, Serialize};

/// What lives at a mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Blocks.
    pub blocks: i64,
    /// Their bytes.
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

/// What each request leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slope {
    /// Blocks a request, over all rounds.
    pub blocks: f64,
    /// Bytes a request, over all rounds.
    pub bytes: f64,
    /// How it grows; `None` where it does not.
    pub course: Option<Course>,
}

/// How something grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Course {
    /// In every round. Bytes, in the last round by at least a quarter of the median, since what fills
    /// up slows down; or blocks, in each round by at least half of the mean, since around blocks
    /// that are kept one by one there may be a table whose bytes come in doublings.
    Steady,
    /// In steps that grow with it, as a buffer that doubles does: never down, up in more than one
    /// round, and to twice the beginning at least.
    Steps,
}

/// Bytes by which a round must end higher at the least: a byte a request, and more than a
/// buffer of a connection or a timer that comes and goes.
const NOISE: i64 = 512;
/// Blocks by which a round must end higher at the least, where they are what grows: one in a
/// thousand requests, and more than connections that happen to be open.
const FEWEST: i64 = 16;

/// Whether what lives grows from mark to mark, between which there are rounds of `requests` each.
/// `None` with fewer than two rounds.
///
/// ```
/// use heapmark_model::growth::{Course, Level, judge};
///
/// let marks = [0, 10_000, 20_000, 30_000].map(|bytes| Level { blocks: bytes / 100, bytes });
/// let slope = judge(&marks, 100).expect("there are three rounds");
/// assert_eq!((slope.blocks, slope.bytes), (1.0, 100.0));
/// assert_eq!(slope.course, Some(Course::Steady));
/// ```
pub fn judge(marks: &[Level], requests: u64) -> Option<Slope> {
    let (first, last) = (marks.first()?, marks.last()?);
    let rounds = marks.len().checked_sub(1).filter(|&rounds| rounds > 1)?;
    let all = rounds as f64 * requests as f64;
    let requests = i64::try_from(requests).unwrap_or(i64::MAX);
    let least = NOISE.max(requests);
    let rise = |pair: &[Level]| pair[1].bytes - pair[0].bytes;
    let rises = |pair: &[Level]| rise(pair) >= least;
    let up = marks.windows(2).filter(|pair| rises(pair)).count();
    let never_down = marks.windows(2).all(|pair| pair[0].bytes <= pair[1].bytes);
    // The mean would be that of the round in which a table has doubled.
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
        Some(Course::Steady)
    } else if up == rounds {
        goes_on.then_some(Course::Steady)
    } else if never_down && up > 1 && last.bytes >= first.bytes.saturating_mul(2) {
        Some(Course::Steps)
    } else {
        None
    };
    Some(Slope {
        blocks: (last.blocks - first.blocks) as f64 / all,
        bytes: (last.bytes - first.bytes) as f64 / all,
        course,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(bytes: &[i64]) -> Option<Course> {
        let level = |&bytes: &i64| Level { blocks: 0, bytes };
        let levels: Vec<Level> = bytes.iter().map(level).collect();
        judge(&levels, 100).unwrap().course
    }

    #[test]
    fn growth_in_every_round_is_steady() {
        assert_eq!(course(&[0, 1_000, 2_000, 3_000]), Some(Course::Steady));
        assert_eq!(course(&[0, 100, 200, 300]), None);
        assert_eq!(course(&[5_000; 4]), None);
    }

    #[test]
    fn blocks_that_are_kept_one_by_one_are_steady_whatever_the_table_around_them_does() {
        // Of a real server: its table doubled in the first and in the third round.
        let bytes = [1_226_180, 2_452_344, 2_597_164, 4_904_672, 5_049_492];
        let kept = |each: i64| {
            let marks = bytes.iter().zip(1..);
            let marks = marks.map(|(&bytes, mark)| Level {
                blocks: mark * each,
                bytes,
            });
            judge(&marks.collect::<Vec<_>>(), 14_482).unwrap().course
        };
        assert_eq!(kept(14_482), Some(Course::Steady));
        assert_eq!(kept(FEWEST), Some(Course::Steady));
        assert_eq!(kept(FEWEST - 1), None);
    }

    #[test]
    fn what_fills_up_slows_down() {
        assert_eq!(course(&[0, 100_000, 150_000, 160_000, 161_000]), None);
        let table_doubles = [0, 4_000, 24_000, 28_000, 32_000, 36_000];
        assert_eq!(course(&table_doubles), Some(Course::Steady));
        let slower = course(&[0, 100_000, 180_000, 250_000, 310_000]);
        assert_eq!(slower, Some(Course::Steady));
    }

    #[test]
    fn a_buffer_that_doubles_grows_in_steps() {
        let doubling = [16_384, 16_384, 32_768, 32_768, 65_536];
        assert_eq!(course(&doubling), Some(Course::Steps));
    }

    #[test]
    fn one_step_is_a_table_that_found_its_size() {
        assert_eq!(course(&[4_096, 4_096, 8_192, 8_192, 8_192]), None);
    }

    #[test]
    fn what_also_falls_is_a_level_that_wavers() {
        assert_eq!(course(&[1_000, 4_000, 2_000, 6_000, 9_000]), None);
    }

    #[test]
    fn steps_that_are_small_beside_the_whole_are_no_growth() {
        let filling = [90_000, 91_000, 91_000, 92_000, 92_000];
        assert_eq!(course(&filling), None);
    }

    #[test]
    fn the_slope_is_told_for_one_request() {
        let level = |blocks| Level {
            blocks,
            bytes: blocks * 50,
        };
        let slope = judge(&[level(0), level(200), level(400)], 100).unwrap();
        assert_eq!((slope.blocks, slope.bytes), (2.0, 100.0));
    }

    #[test]
    fn two_marks_are_no_course() {
        assert_eq!(judge(&[Level::default(); 2], 100), None);
    }
}
