//! What the events of a log add up to.

use super::super::limits::{MOST, is_at_most};
use crate::profile::Tally;

/// The most numbers that are kept for the marks, of all kinds.
const MOST_PASSED: usize = MOST << 3;

#[derive(Default)]
pub(super) struct Events {
    pub(super) kinds: Vec<Allocation>,
    /// The time, in milliseconds.
    pub(super) at: u64,
    live: (u64, u64),
    peak: Peak,
    /// What lives at each of these times is kept.
    marks: Vec<u64>,
    /// Live blocks of each kind at the marks that have passed; kinds that came later had none.
    passed: Vec<Vec<u64>>,
    /// How many numbers these are.
    kept: usize,
}

/// The most bytes that ever lived. What lived of a kind then is only noted when the kind changes
/// next, so that a peak which moves with every block costs nothing.
#[derive(Default)]
struct Peak {
    bytes: u64,
    at: u64,
    /// How often it has moved.
    moves: u64,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Allocation {
    size: u64,
    pub(super) stack: usize,
    got: u64,
    live: u64,
    /// What lived of it at the peak that had moved so often.
    at_peak: u64,
    moves: u64,
}

/// What a kind of allocations adds up to.
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

    /// What lives now.
    pub(super) fn live(&self) -> Tally {
        Tally::of(self.live.0, self.live.1)
    }

    /// When most bytes lived.
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

    /// Passes the marks that are left.
    pub(super) fn pass_all(&mut self) -> Result<(), String> {
        while self.passed.len() < self.marks.len() {
            self.pass()?;
        }
        Ok(())
    }

    /// Keeps what lives now as the state at the next mark.
    fn pass(&mut self) -> Result<(), String> {
        self.kept += self.kinds.len();
        is_at_most(self.kept, MOST_PASSED, "kinds of allocations at all marks")?;
        let live = self.kinds.iter().map(|kind| kind.live);
        self.passed.push(live.collect());
        Ok(())
    }

    pub(super) fn event(&mut self, is_got: bool, kind: u64) -> Result<(), String> {
        let kind = usize::try_from(kind).ok();
        let kind = kind.and_then(|kind| self.kinds.get_mut(kind));
        let kind = kind.ok_or("an event names an allocation that has not come yet")?;
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

    /// What a kind adds up to, once all marks have passed.
    pub(super) fn sums(&mut self, number: usize) -> Sums {
        let kind = &mut self.kinds[number];
        kind.note(&self.peak);
        let of = |blocks: u64| Tally::of(blocks, blocks.saturating_mul(kind.size));
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
    /// Of so many bytes, by a stack.
    pub(super) fn new(size: u64, stack: usize) -> Self {
        Self {
            size,
            stack,
            ..Self::default()
        }
    }

    /// Notes what lives as what lived at the peak, if that has moved since it was noted last.
    fn note(&mut self, peak: &Peak) {
        if self.moves < peak.moves {
            self.moves = peak.moves;
            self.at_peak = self.live;
        }
    }
}
