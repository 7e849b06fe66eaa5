//! What a detection found, and its story. Not how it was found.

use std::io::Write;
use std::panic::Location;
use std::time::Duration;

use crate::alloc::Live;
use heapmark_model::format::growth_rate;
use heapmark_model::record::NO_ALLOCATION;
pub use heapmark_model::record::Verdict;

use super::callsite::Callsite;
use super::judge::{Moment, Shape};
use super::others::{Bounds, Proof};
use super::second_pass::{First, Found, late};
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
#[non_exhaustive]
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
    /// Whether only what the calling thread holds shows that it leaks.
    is_proved_here: bool,
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
            is_proved_here: false,
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

    /// Whether only the memory of the calling thread says anything of the leak.
    pub(super) fn is_proved_here(&self) -> bool {
        self.verdict == Verdict::Leak && self.is_proved_here
    }

    /// What the second pass must know.
    pub(super) fn first(&self) -> First {
        First {
            verdict: self.verdict,
            steps: self.steps,
            took: self.took,
            after_drop: self.after_drop,
            grown: self.grown,
        }
    }

    /// Adds what the second pass found, or why it found nothing.
    pub(super) fn add(&mut self, found: Found) {
        match found {
            Ok(closer) => self.look_closer(closer),
            Err(why) if self.verdict == Verdict::Leak => self.miss_call_sites(&why),
            Err(why) => self.reason += &format!(", in the first pass alone: {why}"),
        }
    }

    fn look_closer(&mut self, closer: Closer) {
        let is_certain = closer.how.is_some();
        if is_certain && self.verdict != Verdict::Leak && closer.disturbances > 0 {
            return self.doubt(closer.disturbances);
        }
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
        self.is_lost = is_certain.then_some(closer.is_lost);
        self.callsites = closer.callsites;
        if let Some(why) = closer.missing {
            self.miss_call_sites(&why);
        }
    }

    fn miss_call_sites(&mut self, why: &str) {
        self.reason += &format!("; call sites unknown: {why}");
    }

    /// Says that it leaks before a second pass in this process, which may end it.
    pub(super) fn announce_the_second_pass(&self) {
        if self.verdict == Verdict::Leak {
            let place = self.caller.map_or_else(String::new, |at| format!("{at}: "));
            let _ = writeln!(
                std::io::stderr(),
                "{:>10}  {place}{}; {}; the second pass now looks for the call sites",
                self.verdict,
                growth_rate(self.bytes_per_step, self.blocks_per_step, "a step"),
                self.reason
            );
        }
    }

    /// The last words of a process whose second pass does not come to an end, and its exit code.
    pub(super) fn give_up(mut self, limit: Duration) -> i32 {
        let leaks = self.verdict == Verdict::Leak;
        self.add(Err(late(limit)));
        let _ = write!(std::io::stderr(), "{self}");
        if leaks { 1 } else { 2 }
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

    /// Judges what a spike left, if one was declared: far above is four times what small steps need
    /// at most.
    pub(super) fn judge_spike(&mut self, need: Option<i64>, bytes: &Series) {
        if self.verdict == Verdict::Steady
            && let Some((floor, need)) = retained(need, bytes)
        {
            self.verdict = Verdict::Retains;
            self.reason =
                format!("{floor} B stay after the spike, small steps need {need} B at most");
        }
    }

    /// Keeps the verdict only if it is the same whatever of the other threads' work was the steps'.
    pub(super) fn doubt_for_others(&mut self, others: &Bounds, moment: Moment, need: Option<i64>) {
        let (least, most) = others.bytes();
        let proof = others.proof(moment);
        self.is_proved_here = proof == Proof::Here;
        let holds = match self.verdict {
            Verdict::Leak => proof != Proof::None,
            Verdict::Steady => others.is_level_at_most(moment) && retained(need, most).is_none(),
            Verdict::Retains => retained(need, least).is_some(),
            Verdict::Undecided => false,
        };
        if !holds {
            self.doubt(others.events());
        }
    }

    fn doubt(&mut self, events: u64) {
        self.is_doubted = true;
        self.more_steps = None;
        (self.bytes_per_step, self.blocks_per_step) = (0.0, 0.0);
        self.verdict = Verdict::Undecided;
        self.reason = format!(
            "threads that the steps did not start made {events} allocations or frees meanwhile, \
             which may be the steps' or another test's; use leak_test!, which has a process of its \
             own, or --test-threads=1; this_thread_only(true) leaves other threads out, \
             all_threads(true) counts them"
        );
    }

    /// Asks whether the compiler has removed what is to be looked at.
    pub(super) fn hint_at_no_allocation(&mut self) {
        if self.verdict == Verdict::Steady {
            self.reason += "; ";
            self.reason += NO_ALLOCATION;
        }
    }

    /// Whether no step allocated anything, so that there was nothing to look at.
    pub(super) fn has_no_allocation(&self) -> bool {
        self.verdict == Verdict::Steady && self.reason.ends_with(NO_ALLOCATION)
    }

    /// Whether what leaked outlives its owner: at least half of it was still there after the
    /// state was dropped. Otherwise it was held.
    pub fn outlives_state(&self) -> bool {
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

    /// Does nothing when the verdict is steady, but warns on stderr if no step allocated anything.
    ///
    /// # Panics
    ///
    /// With the whole story otherwise, the place to look at first.
    #[track_caller]
    pub fn assert_steady(&self) {
        assert!(self.verdict == Verdict::Steady, "{self}");
        if self.has_no_allocation() {
            let _ = write!(std::io::stderr(), "{self}");
        }
    }
}

/// The level that stays far above what small steps need, and what they need.
fn retained(need: Option<i64>, bytes: &Series) -> Option<(i64, i64)> {
    let late = &bytes.buckets()[bytes.buckets().len() / 2..];
    let (floor, _) = extremes(late);
    let need = need?;
    (floor > need.saturating_mul(4)).then_some((floor, need))
}

fn extremes(buckets: &[Bucket]) -> (i64, i64) {
    let lowest = buckets.iter().map(|bucket| bucket.lowest).min();
    let highest = buckets.iter().map(|bucket| bucket.highest).max();
    (lowest.unwrap_or(0), highest.unwrap_or(0))
}
