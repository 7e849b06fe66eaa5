//! What a detection found, and its story. Not how it was found.

use std::panic::Location;
use std::time::Duration;

use crate::alloc::Live;
pub use crate::record::Verdict;

use super::callsite::Callsite;
use super::judge::Shape;
use super::series::{Bucket, Series};
use super::stacks::Closer;

/// Parts of [`Report::levels`]: as many points as a small chart has room for.
pub const PARTS: usize = 16;

/// Where time ran out before this part of the steps, growth may be that of a start.
const RISING: u64 = 32;

/// And so may be that nothing has grown yet.
const LEVEL: u64 = 64;

/// A block in so many steps that outlives the state is worth a closer look.
const LEFT: u64 = 64;

/// A stretch of steps, twice as long as the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first step, counted from 0.
    pub from: u64,
    /// The step after its last.
    pub to: u64,
    /// Lowest and highest bytes live after a step, above those before the setup.
    pub bytes: (i64, i64),
    /// Lowest and highest blocks live after a step, above those before the setup.
    pub blocks: (i64, i64),
}

/// Why no more steps were run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Steps,
    Sure,
    Time,
    Growth,
}

/// What a detection found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// Steps that would probably decide, beyond those that were run; for an undecided one.
    pub more_steps: Option<u64>,
    /// Growth in bytes a step; 0 when steady.
    pub bytes_per_step: f64,
    /// Growth in blocks a step; 0 when steady.
    pub blocks_per_step: f64,
    /// Steps that were run.
    pub steps: u64,
    /// Geometric windows, the earliest first.
    pub windows: Vec<Window>,
    /// Lowest and highest bytes live in each of [`PARTS`] equal parts of the steps, above those
    /// before the setup; fewer where there were fewer steps.
    pub levels: Vec<(i64, i64)>,
    /// What lives after the state was dropped, above what did before the setup.
    pub after_drop: Live,
    /// What came to live between the first step and the last.
    pub grown: Live,
    /// Where the memory that stays comes from, most bytes a step first; of a leak only.
    pub callsites: Vec<Callsite>,
    pub(super) caller: Option<&'static Location<'static>>,
    /// Time of the first pass.
    pub(super) took: Duration,
    stop: Stop,
    is_doubted: bool,
    is_lost: Option<bool>,
}

impl Report {
    pub(super) fn new(shapes: [Shape; 2], stop: Stop, steps: u64, max_steps: u64) -> Self {
        let rate = |shape| match shape {
            Shape::Rising(rate, _) => rate,
            Shape::Flat | Shape::Unclear(_) => 0.0,
        };
        let rising = shapes
            .iter()
            .zip(["bytes", "blocks"])
            .find_map(|(shape, what)| match shape {
                Shape::Rising(_, how) => Some(format!("of live {what}, {how}")),
                Shape::Flat | Shape::Unclear(_) => None,
            });
        let unclear = shapes.iter().find_map(|shape| match shape {
            Shape::Unclear(why) => Some(*why),
            Shape::Flat | Shape::Rising(..) => None,
        });
        let wanted = max_steps.max(steps).saturating_mul(4) - steps;
        let wanted = wanted.max(1_000);
        let is_early = |share: u64| stop == Stop::Time && steps < max_steps / share;
        let (verdict, reason, more_steps) = match (rising, unclear) {
            (Some(how), _) if is_early(RISING) => {
                let why = format!(
                    "{how}, but time ran out before it could be seen whether it stops; raise \
                     max_time, or lower max_steps to what there is time for"
                );
                (Verdict::Undecided, why, Some(max_steps - steps))
            }
            (Some(how), _) => (Verdict::Leak, how, None),
            (None, Some(why)) => {
                let why = match stop {
                    Stop::Time => format!("time ran out: {why}"),
                    Stop::Growth => format!("it grew to the limit of max_growth: {why}"),
                    Stop::Steps | Stop::Sure => why.to_owned(),
                };
                (Verdict::Undecided, why, Some(wanted))
            }
            (None, None) if stop == Stop::Growth => {
                let why = "it grew to the limit of max_growth, not evenly; raise that to see \
                           whether it stops";
                (Verdict::Undecided, why.to_owned(), Some(wanted))
            }
            (None, None) if is_early(LEVEL) => {
                let why = "nothing grows at the end, but time ran out early; raise max_time, or \
                           lower max_steps to what there is time for";
                (Verdict::Undecided, why.to_owned(), Some(max_steps - steps))
            }
            (None, None) if stop == Stop::Time => {
                let why = "nothing grows, as far as the time went";
                (Verdict::Steady, why.to_owned(), None)
            }
            (None, None) => (Verdict::Steady, "nothing grows".to_owned(), None),
        };
        Self {
            verdict,
            reason,
            more_steps,
            bytes_per_step: rate(shapes[0]),
            blocks_per_step: rate(shapes[1]),
            steps,
            windows: Vec::new(),
            levels: Vec::new(),
            after_drop: Live::default(),
            grown: Live::default(),
            callsites: Vec::new(),
            caller: None,
            took: Duration::ZERO,
            stop,
            is_doubted: false,
            is_lost: None,
        }
    }

    /// Whether to run the steps again with call stacks: it grows, or has moved its bounds to the
    /// last step, or has left more behind than it showed; the latter where there is time for it.
    pub(super) fn wants_a_closer_look(&self, max_time: Duration) -> bool {
        let is_open = matches!(self.verdict, Verdict::Steady | Verdict::Undecided);
        let moves = matches!(self.stop, Stop::Steps | Stop::Growth);
        let left = u64::try_from(self.after_drop.blocks).unwrap_or(0);
        let leaves = self.stop == Stop::Sure && left >= self.steps / LEFT;
        let has_time = self.took <= max_time / 2;
        self.verdict == Verdict::Leak
            || is_open && (moves || leaves) && !self.is_doubted && has_time
    }

    /// Adds what was found by place.
    pub(super) fn look_closer(&mut self, closer: Closer) {
        match closer.how {
            Some(how) if self.verdict != Verdict::Leak => {
                let sum = |of: fn(&Callsite) -> f64| closer.callsites.iter().map(of).sum();
                self.verdict = Verdict::Leak;
                self.reason = format!("of what the first of these places holds, {how}");
                self.more_steps = None;
                self.bytes_per_step = sum(|site| site.bytes_per_step);
                self.blocks_per_step = sum(|site| site.blocks_per_step);
            }
            None if self.verdict != Verdict::Leak => return,
            Some(_) | None => {}
        }
        self.is_lost = closer.how.map(|_| closer.is_lost);
        self.callsites = closer.callsites;
    }

    /// Says that the second pass did not come to its end.
    pub(super) fn miss_the_second_pass(&mut self, panic: &dyn std::any::Any) {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        let words = words.unwrap_or("it panicked");
        self.reason += &format!(" (lines are not known, since the second run failed: {words})");
    }

    /// Adds the windows, and the slope of a metric that rises beside the one that was judged.
    pub(super) fn describe(&mut self, bytes: &Series, blocks: &Series) {
        let count = bytes.buckets().len().min(blocks.buckets().len());
        let mut to = count;
        while to > 0 {
            let from = if to < 4 { 0 } else { to / 2 };
            let range = |series: &Series| extremes(&series.buckets()[from..to]);
            self.windows.push(Window {
                from: from as u64 * bytes.width(),
                to: to as u64 * bytes.width(),
                bytes: range(bytes),
                blocks: range(blocks),
            });
            to = from;
        }
        self.windows.reverse();
        let size = count.div_ceil(PARTS).max(1);
        let parts = bytes.buckets()[..count].chunks(size);
        self.levels = parts.map(extremes).collect();
        if self.verdict == Verdict::Leak && self.bytes_per_step == 0.0 {
            self.bytes_per_step = bytes.slope();
        }
    }

    /// Judges what a burst left: far above is four times what small steps need at most.
    pub(super) fn judge_burst(&mut self, need: i64, bytes: &Series) {
        let late = &bytes.buckets()[bytes.buckets().len() / 2..];
        let (floor, _) = extremes(late);
        if floor > need.saturating_mul(4) {
            self.verdict = Verdict::Retains;
            self.reason =
                format!("{floor} B stay after the burst, small steps need {need} B at most");
        }
    }

    pub(super) fn doubt_for_foreign_threads(&mut self, events: u64) {
        self.verdict = Verdict::Undecided;
        self.is_doubted = true;
        self.more_steps = None;
        self.reason = format!(
            "threads from before the setup made {events} allocations or frees meanwhile, which may \
             be the step's or another test's; use leak_test!, which has a process of its own, or \
             this_thread_only(true)"
        );
    }

    /// Whether what leaked outlives its owner: at least half of it was still there after the
    /// state was dropped. Otherwise it was held.
    pub fn is_lost(&self) -> bool {
        if self.verdict != Verdict::Leak {
            return false;
        }
        if let Some(is_lost) = self.is_lost {
            return is_lost;
        }
        let by_bytes = self.after_drop.bytes.saturating_mul(2) >= self.grown.bytes;
        let by_blocks = self.after_drop.blocks.saturating_mul(2) >= self.grown.blocks;
        match self.grown.blocks {
            0 => by_bytes,
            _ => by_bytes && by_blocks,
        }
    }

    /// Does nothing when the verdict is steady.
    ///
    /// # Panics
    ///
    /// With the whole story otherwise, the place to look at first.
    #[track_caller]
    pub fn assert_steady(&self) {
        assert!(self.verdict == Verdict::Steady, "{self}");
    }
}

fn extremes(buckets: &[Bucket]) -> (i64, i64) {
    let lowest = buckets.iter().map(|bucket| bucket.lowest).min();
    let highest = buckets.iter().map(|bucket| bucket.highest).max();
    (lowest.unwrap_or(0), highest.unwrap_or(0))
}
