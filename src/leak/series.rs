//! The live memory after each step, in bounded memory: the steps so far in equal buckets. Their
//! width doubles when the capacity is used up. Does not judge the values.
//!
//! ```text
//!  width 1   ▏▏▏▏▏▏▏▏   full ──▶   width 2   ▎▎▎▎·····   full ──▶   width 4   …
//! ```

/// Maximum number of buckets: enough for a stable median of a sixteenth of them.
const ROOM: usize = 8192;

/// Summary of consecutive steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    /// Lowest value.
    pub lowest: i64,
    /// Highest value.
    pub highest: i64,
    /// Mean of the values.
    pub mean: f64,
    /// The last value: a sample that is robust if outliers distort the mean.
    pub last: i64,
}

/// A quantity after each step.
#[derive(Clone, Debug)]
pub(super) struct Series {
    buckets: Vec<Bucket>,
    width: u64,
    open: Bucket,
    sum: i128,
    filled: u64,
}

impl Series {
    /// Creates an empty series. Allocates all the memory that it will ever use.
    pub fn new() -> Self {
        Self {
            buckets: Vec::with_capacity(ROOM),
            width: 1,
            open: Bucket {
                lowest: i64::MAX,
                highest: i64::MIN,
                mean: 0.0,
                last: 0,
            },
            sum: 0,
            filled: 0,
        }
    }

    /// Becomes a copy of `other`, without allocating.
    pub fn copy_from(&mut self, other: &Self) {
        let mut buckets = std::mem::take(&mut self.buckets);
        buckets.clone_from(&other.buckets);
        *self = Self { buckets, ..*other };
    }

    /// Becomes a series of zeros with as many values as `other`, without allocating.
    pub fn zeros_like(&mut self, other: &Self) {
        self.copy_from(other);
        let zero = Bucket {
            lowest: 0,
            highest: 0,
            mean: 0.0,
            last: 0,
        };
        self.buckets.fill(zero);
        self.sum = 0;
        if self.filled > 0 {
            self.open = zero;
        }
    }

    /// Adds the value after the next step.
    #[inline]
    pub fn push(&mut self, value: i64) {
        self.open.lowest = self.open.lowest.min(value);
        self.open.highest = self.open.highest.max(value);
        self.open.last = value;
        self.sum += i128::from(value);
        self.filled += 1;
        if self.filled == self.width {
            self.close();
        }
    }

    fn close(&mut self) {
        self.open.mean = self.sum as f64 / self.width as f64;
        self.buckets.push(self.open);
        self.open.lowest = i64::MAX;
        self.open.highest = i64::MIN;
        self.sum = 0;
        self.filled = 0;
        if self.buckets.len() == ROOM {
            self.halve();
        }
    }

    /// Joins each bucket with its neighbour.
    fn halve(&mut self) {
        for to in 0..ROOM / 2 {
            let (early, late) = (self.buckets[2 * to], self.buckets[2 * to + 1]);
            self.buckets[to] = Bucket {
                lowest: early.lowest.min(late.lowest),
                highest: early.highest.max(late.highest),
                mean: f64::midpoint(early.mean, late.mean),
                last: late.last,
            };
        }
        self.buckets.truncate(ROOM / 2);
        self.width *= 2;
    }

    /// The full buckets, from the first step on. Up to one bucket of late steps is missing.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Number of steps in a bucket.
    pub fn width(&self) -> u64 {
        self.width
    }

    /// Growth per step, from the mean of the second quarter to the mean of the last quarter.
    pub fn slope(&self) -> f64 {
        let mean = |part: &[Bucket]| {
            part.iter().map(|bucket| bucket.mean).sum::<f64>() / part.len().max(1) as f64
        };
        let buckets = self.buckets();
        let quarter = buckets.len() / 4;
        let apart = (2 * quarter).max(1) as f64 * self.width() as f64;
        let late = mean(&buckets[buckets.len() - quarter..]);
        (late - mean(&buckets[quarter..2 * quarter])) / apart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_series_keeps_its_extremes_and_its_mean_in_the_same_room() {
        let mut series = Series::new();
        let room = series.buckets.capacity();
        for value in 0..100_000 {
            series.push(value);
        }
        assert_eq!(series.width(), 16);
        assert_eq!(series.buckets.capacity(), room);
        let first = series.buckets()[0];
        assert_eq!((first.lowest, first.highest, first.last), (0, 15, 15));
        assert_eq!(first.mean, 7.5);
        let late = series.buckets()[6000];
        assert_eq!((late.lowest, late.highest), (96_000, 96_015));
    }
}
