//! Adds up the events of a log.

use super::super::limits::{MOST, is_at_most};
use crate::profile::Tally;

/// The highest number of values that are stored for all samples of all kinds.
const MOST_PASSED: usize = MOST << 3;

#[derive(Default)]
pub(super) struct Events {
    pub(super) kinds: Vec<Allocation>,
    /// The current time of the log, in milliseconds.
    pub(super) at: u64,
    live: (u64, u64),
    peak: Peak,
    /// The times at which live memory is sampled.
    marks: Vec<u64>,
    /// The live blocks of each kind at the samples taken so far; kinds that occur later had none.
    passed: Vec<Vec<u64>>,
    /// The number of values in `passed`.
    kept: usize,
}

/// The highest number of live bytes. A kind stores its own live blocks at the peak only when its
/// blocks change next, so a peak that rises with every block costs nothing.
#[derive(Default)]
struct Peak {
    bytes: u64,
    at: u64,
    /// How often the peak has risen.
    moves: u64,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Allocation {
    size: u64,
    pub(super) stack: usize,
    got: u64,
    live: u64,
    /// Its live blocks at the peak, as of the peak's rise number `moves`.
    at_peak: u64,
    moves: u64,
}

/// The totals of one kind of allocations.
pub(super) struct Sums {
    pub(super) total: Tally,
    pub(super) peak: Tally,
    pub(super) end: Tally,
    pub(super) marks: Vec<Tally>,
}

impl Events {
    pub(super) fn new(marks: &[u64]) -> Self {
        Self {
            marks: marks.to_vec(),
            ..Self::default()
        }
    }

    /// The memory that is live now.
    pub(super) fn live(&self) -> Tally {
        Tally::new(self.live.0, self.live.1)
    }

    /// The time of the peak.
    pub(super) fn peak_at(&self) -> u64 {
        self.peak.at
    }

    pub(super) fn pass_time(&mut self, at: u64) -> Result<(), String> {
        self.at = at;
        while self
            .marks
            .get(self.passed.len())
            .is_some_and(|mark| *mark < at)
        {
            self.pass()?;
        }
        Ok(())
    }

    /// Takes the samples that are left.
    pub(super) fn pass_all(&mut self) -> Result<(), String> {
        while self.passed.len() < self.marks.len() {
            self.pass()?;
        }
        Ok(())
    }

    /// Stores the current live blocks as the next sample.
    fn pass(&mut self) -> Result<(), String> {
        self.kept += self.kinds.len();
        is_at_most(
            self.kept,
            MOST_PASSED,
            "kinds of allocations in all samples",
        )?;
        let live = self.kinds.iter().map(|kind| kind.live);
        self.passed.push(live.collect());
        Ok(())
    }

    pub(super) fn event(&mut self, is_got: bool, kind: u64) -> Result<(), String> {
        let kind = usize::try_from(kind).ok();
        let kind = kind.and_then(|kind| self.kinds.get_mut(kind));
        let kind = kind.ok_or("an event refers to an allocation that is not defined above it")?;
        kind.note(&self.peak);
        if is_got {
            kind.got += 1;
            kind.live += 1;
            self.live.0 += 1;
            self.live.1 = self.live.1.saturating_add(kind.size);
            if self.live.1 > self.peak.bytes {
                self.peak.bytes = self.live.1;
                self.peak.at = self.at;
                self.peak.moves += 1;
            }
        } else {
            kind.live = kind.live.saturating_sub(1);
            self.live.0 = self.live.0.saturating_sub(1);
            self.live.1 = self.live.1.saturating_sub(kind.size);
        }
        Ok(())
    }

    /// The totals of a kind, once all samples are taken.
    pub(super) fn sums(&mut self, number: usize) -> Sums {
        let kind = &mut self.kinds[number];
        kind.note(&self.peak);
        let of = |blocks: u64| Tally::new(blocks, blocks.saturating_mul(kind.size));
        let marks = self.passed.iter();
        let marks = marks.map(|live| of(live.get(number).copied().unwrap_or_default()));
        Sums {
            total: of(kind.got),
            peak: of(kind.at_peak),
            end: of(kind.live),
            marks: marks.collect(),
        }
    }
}

impl Allocation {
    /// A kind of allocations of `size` bytes by one stack.
    pub(super) fn new(size: u64, stack: usize) -> Self {
        Self {
            size,
            stack,
            ..Self::default()
        }
    }

    /// Stores the live blocks as those at the peak, if the peak has risen since the last call.
    fn note(&mut self, peak: &Peak) {
        if self.moves < peak.moves {
            self.moves = peak.moves;
            self.at_peak = self.live;
        }
    }
}
