//! The result of a detection and its explanation. Does not run or judge steps.

use std::io::Write;
use std::panic::Location;
use std::time::Duration;

use crate::alloc::Live;
use heapmark_model::format::{bytes_exact, growth_rate, plural};
use heapmark_model::record::NO_ALLOCATION;
pub use heapmark_model::record::Verdict;

use super::callsite::Callsite;
use super::judge::{Strictness, Trend};
use super::others::{Bounds, Proof};
use super::second_pass::{First, Found, late};
use super::series::{Bucket, Series};
use super::stacks::CallSites;

/// Number of parts of [`Report::levels`]: the points of a small chart.
pub const PARTS: usize = 16;

/// If time runs out before `max_steps / RISING` steps, growth may be that of a start-up phase.
const RISING: u64 = 32;

/// If time runs out before `max_steps / LEVEL` steps, it is too early to call a program steady.
const LEVEL: u64 = 64;

/// One block in this many steps that outlives the state is enough reason for a second pass.
const LEFT: u64 = 64;

/// A range of steps, twice as long as the window before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// First step, counted from 0.
    pub from: u64,
    /// Number of the step after the last one.
    pub to: u64,
    /// Lowest and highest number of live bytes after a step, relative to before the setup.
    pub bytes: (i64, i64),
    /// Lowest and highest number of live blocks after a step, relative to before the setup.
    pub blocks: (i64, i64),
}

/// The reason why no more steps were run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Steps,
    Sure,
    Time,
    Growth,
}

/// The result of a detection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// The reason for the verdict, as text for people.
    pub reason: String,
    /// If undecided, the number of additional steps that would probably decide it.
    pub more_steps: Option<u64>,
    /// Growth in bytes per step; 0 unless the verdict is a leak.
    pub bytes_per_step: f64,
    /// Growth in blocks per step; 0 unless the verdict is a leak.
    pub blocks_per_step: f64,
    /// Number of steps that were run.
    pub steps: u64,
    /// Windows of steps, each twice as long as the one before, the earliest first.
    pub windows: Vec<Window>,
    /// The steps are divided into at most 16 equal parts. For each part, the lowest and highest
    /// number of live bytes, relative to before the setup.
    pub levels: Vec<(i64, i64)>,
    /// Live memory after the state was dropped, relative to before the setup.
    pub after_drop: Live,
    /// Growth of live memory from the first step to the last.
    pub grown: Live,
    /// Call sites of the memory that leaks, most bytes per step first; empty unless the verdict is
    /// a leak.
    pub callsites: Vec<Callsite>,
    pub(super) caller: Option<&'static Location<'static>>,
    /// Duration of the first pass.
    pub(super) took: Duration,
    stop: Stop,
    is_unstable: bool,
    /// Whether only the memory of the calling thread proves the leak.
    is_proved_here: bool,
    is_lost: Option<bool>,
    /// Number of further call sites that leak, which are not in `callsites`.
    pub(super) unlisted: usize,
}

impl Report {
    pub(super) fn new(trends: [Trend; 2], stop: Stop, steps: u64, max_steps: u64) -> Self {
        let rate = |trend| match trend {
            Trend::Rising(rate, _) => rate,
            Trend::Flat | Trend::Unclear(_) => 0.0,
        };
        let rising = trends
            .iter()
            .zip(["bytes", "blocks"])
            .find_map(|(trend, what)| match trend {
                Trend::Rising(_, how) => Some(format!("live {what} rise {how}")),
                Trend::Flat | Trend::Unclear(_) => None,
            });
        let unclear = trends.iter().find_map(|trend| match trend {
            Trend::Unclear(why) => Some(*why),
            Trend::Flat | Trend::Rising(..) => None,
        });
        let wanted = max_steps.max(steps).saturating_mul(4) - steps;
        let wanted = wanted.max(1_000);
        let is_early = |share: u64| stop == Stop::Time && steps < max_steps / share;
        let (verdict, reason, more_steps) = match (rising, unclear) {
            (Some(how), _) if is_early(RISING) => {
                let why = format!(
                    "{how}, but time ran out too early to see whether the growth stops; raise \
                     max_time or lower max_steps"
                );
                (Verdict::Undecided, why, Some(max_steps - steps))
            }
            (Some(how), _) => (Verdict::Leak, how, None),
            (None, Some(why)) => {
                let why = match stop {
                    Stop::Time => format!("time ran out: {why}"),
                    Stop::Growth => format!("live memory reached max_growth: {why}"),
                    Stop::Steps | Stop::Sure => why.to_owned(),
                };
                (Verdict::Undecided, why, Some(wanted))
            }
            (None, None) if stop == Stop::Growth => {
                let why = "live memory reached max_growth, but did not rise evenly; raise \
                           max_growth to see whether the growth stops";
                (Verdict::Undecided, why.to_owned(), Some(wanted))
            }
            (None, None) if is_early(LEVEL) => {
                let why = "nothing grows at the end, but time ran out too early for a verdict; \
                           raise max_time or lower max_steps";
                (Verdict::Undecided, why.to_owned(), Some(max_steps - steps))
            }
            (None, None) if stop == Stop::Time => {
                let why = "nothing grew until time ran out";
                (Verdict::Steady, why.to_owned(), None)
            }
            (None, None) => (Verdict::Steady, "nothing grows".to_owned(), None),
        };
        Self {
            verdict,
            reason,
            more_steps,
            bytes_per_step: rate(trends[0]),
            blocks_per_step: rate(trends[1]),
            steps,
            windows: Vec::new(),
            levels: Vec::new(),
            after_drop: Live::default(),
            grown: Live::default(),
            callsites: Vec::new(),
            caller: None,
            took: Duration::ZERO,
            stop,
            is_unstable: false,
            is_proved_here: false,
            is_lost: None,
            unlisted: 0,
        }
    }

    /// Whether to run a second pass with call stacks. A leak always gets one. The verdicts steady
    /// and undecided get one if there is time for it, and one of these holds:
    ///
    /// - Live memory still reached new levels late in the run.
    /// - Many blocks outlive the state.
    pub(super) fn wants_second_pass(&self, max_time: Duration) -> bool {
        let is_open = matches!(self.verdict, Verdict::Steady | Verdict::Undecided);
        let moves = matches!(self.stop, Stop::Steps | Stop::Growth);
        let left = u64::try_from(self.after_drop.blocks).unwrap_or(0);
        let leaves = self.stop == Stop::Sure && left >= self.steps / LEFT;
        let has_time = self.took <= max_time / 2;
        self.verdict == Verdict::Leak
            || is_open && (moves || leaves) && !self.is_unstable && has_time
    }

    /// Whether only the memory of the calling thread proves the leak.
    pub(super) fn is_proved_here(&self) -> bool {
        self.verdict == Verdict::Leak && self.is_proved_here
    }

    /// The data that the second pass needs.
    pub(super) fn first(&self) -> First {
        First {
            verdict: self.verdict,
            steps: self.steps,
            took: self.took,
            after_drop: self.after_drop,
            grown: self.grown,
        }
    }

    /// Adds the result of the second pass, or the reason why it has none.
    pub(super) fn add(&mut self, found: Found) {
        match found {
            Ok(call_sites) => self.add_second_pass(call_sites),
            Err(why) if self.verdict == Verdict::Leak => self.miss_call_sites(&why),
            Err(why) => self.reason += &format!("; only the first pass was judged: {why}"),
        }
    }

    fn add_second_pass(&mut self, call_sites: CallSites) {
        let is_certain = call_sites.how.is_some();
        if is_certain && self.verdict != Verdict::Leak && call_sites.disturbances > 0 {
            return self.undecide(call_sites.disturbances);
        }
        match call_sites.how {
            Some(how) if self.verdict != Verdict::Leak => {
                let sum = |of: fn(&Callsite) -> f64| call_sites.callsites.iter().map(of).sum();
                self.verdict = Verdict::Leak;
                self.reason = format!("the memory of one call site rises {how}");
                self.more_steps = None;
                self.bytes_per_step = sum(|site| site.bytes_per_step);
                self.blocks_per_step = sum(|site| site.blocks_per_step);
            }
            None if self.verdict != Verdict::Leak => return,
            Some(_) | None => {}
        }
        self.is_lost = is_certain.then_some(call_sites.is_lost);
        self.callsites = call_sites.callsites;
        self.unlisted = call_sites.unlisted;
        if let Some(why) = call_sites.missing {
            self.miss_call_sites(&why);
        }
    }

    fn miss_call_sites(&mut self, why: &str) {
        self.reason += &format!("; call sites unknown: {why}");
    }

    /// Prints a leak before a second pass in this process starts, because that pass may end the
    /// process.
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

    /// Prints the report of a process whose second pass does not finish, and returns its exit code.
    pub(super) fn give_up(mut self, limit: Duration) -> i32 {
        let leaks = self.verdict == Verdict::Leak;
        self.add(Err(late(limit)));
        let _ = write!(std::io::stderr(), "{self}");
        if leaks { 1 } else { 2 }
    }

    /// Adds the windows and levels. If only the blocks were judged to rise, also adds the slope of
    /// the bytes.
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

    /// Judges the memory that stays after a declared spike. The verdict is RETAINS if it is more
    /// than four times the most that the small steps needed.
    pub(super) fn judge_spike(&mut self, need: Option<i64>, bytes: &Series) {
        if self.verdict == Verdict::Steady
            && let Some((floor, need)) = retained(need, bytes)
        {
            self.verdict = Verdict::Retains;
            self.reason = format!(
                "{} stay allocated after the spike; small steps need at most {}",
                bytes_exact(floor),
                bytes_exact(need)
            );
        }
    }

    /// Keeps the verdict only if it is valid no matter which foreign allocations and frees belong
    /// to the steps.
    pub(super) fn undecide_for_others(
        &mut self,
        others: &Bounds,
        strictness: Strictness,
        need: Option<i64>,
    ) {
        let (least, most) = others.bytes();
        let proof = others.proof(strictness);
        self.is_proved_here = proof == Proof::Here;
        let holds = match self.verdict {
            Verdict::Leak => proof != Proof::None,
            Verdict::Steady => {
                others.is_level_at_most(strictness) && retained(need, most).is_none()
            }
            Verdict::Retains => retained(need, least).is_some(),
            Verdict::Undecided => false,
        };
        if !holds {
            self.undecide(others.events());
        }
    }

    fn undecide(&mut self, events: u64) {
        self.is_unstable = true;
        self.more_steps = None;
        (self.bytes_per_step, self.blocks_per_step) = (0.0, 0.0);
        self.verdict = Verdict::Undecided;
        let calls = plural(
            usize::try_from(events).unwrap_or(usize::MAX),
            "allocator call",
        );
        self.reason = format!(
            "threads that the steps did not start made {calls} during the detection, which may \
             belong to the steps or to another test; use leak_test!, which runs in a separate \
             process, or --test-threads=1; this_thread_only(true) ignores other threads, \
             all_threads(true) counts them"
        );
    }

    /// Adds a hint that the compiler may have removed the code under test.
    pub(super) fn hint_at_no_allocation(&mut self) {
        if self.verdict == Verdict::Steady {
            self.reason += "; ";
            self.reason += NO_ALLOCATION;
        }
    }

    /// Whether no step allocated anything, so that there was nothing to judge.
    pub(super) fn has_no_allocation(&self) -> bool {
        self.verdict == Verdict::Steady && self.reason.ends_with(NO_ALLOCATION)
    }

    /// Whether the leaked memory outlives the state: at least half of it was still live after the
    /// state was dropped. Otherwise it is freed with the state. False unless the verdict is a leak.
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

    /// Asserts that the verdict is steady. Prints a warning to stderr if no step allocated
    /// anything.
    ///
    /// # Panics
    ///
    /// If the verdict is not steady. The message is the whole report. It begins with the file and
    /// line of the leak, if they are known.
    #[track_caller]
    pub fn assert_steady(&self) {
        assert!(self.verdict == Verdict::Steady, "{self}");
        if self.has_no_allocation() {
            let _ = write!(std::io::stderr(), "{self}");
        }
    }
}

/// The level after the spike, and the highest need of the small steps before it. `None` unless the
/// level stays far above that need.
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
