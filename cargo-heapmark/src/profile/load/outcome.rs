//! The result of a round of requests.

use std::collections::BTreeMap;
use std::time::Duration;

/// The responses by status, and their latencies.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The number of responses by status.
    pub statuses: BTreeMap<u16, u64>,
    /// The number of responses with another status than expected.
    pub unexpected: u64,
    /// The first of these, as a sentence.
    pub first_unexpected: Option<String>,
    /// From the first request to the last response.
    pub elapsed: Duration,
    /// Nanoseconds from a request to its complete response; sorted once the round is over.
    pub(super) latencies: Vec<u64>,
}

impl Outcome {
    /// The number of responses, whatever their status.
    pub fn requests(&self) -> u64 {
        self.latencies.len() as u64
    }

    /// Responses per second; 0 if no time has passed.
    pub fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            self.requests() as f64 / seconds
        } else {
            0.0
        }
    }

    /// The latency that `share` (0 to 1) of the responses did not exceed: an observed value, by
    /// nearest rank. `None` without responses.
    pub fn percentile(&self, share: f64) -> Option<Duration> {
        let last = self.latencies.len().checked_sub(1)?;
        let rank = (share * self.latencies.len() as f64).ceil() as usize;
        let nanoseconds = self.latencies[rank.saturating_sub(1).min(last)];
        Some(Duration::from_nanos(nanoseconds))
    }

    pub(super) fn absorb(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.unexpected += other.unexpected;
        if self.first_unexpected.is_none() {
            self.first_unexpected = other.first_unexpected;
        }
        self.latencies.extend(other.latencies);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_an_answer_that_was_seen() {
        let outcome = Outcome {
            latencies: (1..=100).collect(),
            ..Outcome::default()
        };
        let nanoseconds = |share| outcome.percentile(share).unwrap().as_nanos();
        assert_eq!([0.0, 0.5, 0.99, 1.0].map(nanoseconds), [1, 50, 99, 100]);
        assert_eq!(Outcome::default().percentile(0.5), None);
    }
}
