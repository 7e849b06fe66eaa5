//! Whether live memory grows while a routine is repeated. Not the judge: that is `leak`.
//!
//! ```text
//!  warm up ─▶ one iteration counted ─▶ steps that it can afford ─▶ leak::Detector ─▶ Growth
//! ```

use std::cell::RefCell;
use std::time::Duration;

use crate::alloc::{self, Totals};
use crate::bencher::{Instrument, Routine};
use crate::leak::{Callsite, Detector, Report};
use heapmark_model::record::{GrowingSite, Growth as Found, Verdict};

/// Iterations at most. A suite is looked at in seconds, so that growth below some blocks in these
/// is left to a detector of one's own.
const STEPS: u64 = 20_000;

/// Iterations at least: fewer cannot be judged.
const FEWEST: u64 = 512;

/// What the iterations may take together, in nanoseconds as [`cost`] guesses them.
const PATIENCE: u64 = 40_000_000;

/// Where a guess was far off.
const LIMIT: Duration = Duration::from_secs(2);

/// A leak of large blocks must not take the machine with it.
const MAX_GROWTH: u64 = 256 << 20;

/// Callsites that a record is burdened with.
const CALLSITES: usize = 2;

/// Frames of each: the line, and who asked for it.
const FRAMES: usize = 2;

/// Repeats a routine and looks for growth.
#[derive(Debug, Default)]
pub struct Growth {
    again: Option<String>,
    found: Option<Found>,
}

impl Growth {
    /// Looks for growth; and, where there is some, again with call stacks, in a process that is
    /// started as this one was and reads `again`. Without that no call stacks are wanted.
    pub fn new(again: Option<String>) -> Self {
        Self { again, found: None }
    }

    /// What was found.
    pub fn take(&mut self) -> Option<Found> {
        self.found.take()
    }
}

impl Instrument for Growth {
    fn measure(&mut self, routine: &mut dyn Routine) {
        routine.once();
        let steps = (PATIENCE / cost(routine)).clamp(FEWEST, STEPS);
        let detector = Detector::new()
            .max_steps(steps)
            .max_time(LIMIT)
            .max_growth(MAX_GROWTH)
            // A pool that the routine uses may have been there before its first iteration.
            .all_threads(true)
            .callsites(self.again.is_some());
        let detector = match &self.again {
            Some(input) => detector.second_pass_in_fresh_process(input.clone()),
            None => detector,
        };
        // The state of a case is the routine's own: it outlives each look.
        let has_spike = routine.has_spike();
        let routine = RefCell::new(routine);
        let step = |(): &mut ()| routine.borrow_mut().once();
        let report = if has_spike {
            let spike = |(): &mut ()| routine.borrow_mut().spike();
            detector.spike(spike).run(|| (), step)
        } else {
            detector.run(|| (), step)
        };
        self.found = Some(found(report));
    }
}

/// What an iteration takes, in nanoseconds, guessed from what it asks for: a clock would give
/// other steps on another day, and so perhaps another verdict.
fn cost(routine: &mut dyn Routine) -> u64 {
    let counting = alloc::open();
    let before = Totals::of_this_thread();
    routine.once();
    let after = Totals::of_this_thread();
    drop(counting);
    let events = after.events().wrapping_sub(before.events());
    let bytes = after.bytes.wrapping_sub(before.bytes);
    100 + events.saturating_mul(40) + bytes / 4
}

fn found(report: Report) -> Found {
    let mut levels = report.levels.as_slice();
    // A level line is one part: a record has hundreds of them.
    if levels.windows(2).all(|pair| pair[0] == pair[1]) {
        levels = &levels[..levels.len().min(1)];
    }
    let floor: Vec<i64> = levels.iter().map(|&(lowest, _)| lowest).collect();
    let ceiling: Vec<i64> = levels.iter().map(|&(_, highest)| highest).collect();
    let leaks = report.verdict == Verdict::Leak;
    let rate = |rate: f64| if leaks { per_million(rate) } else { 0 };
    let callsites = report.callsites.iter().take(CALLSITES).map(site);
    Found {
        verdict: report.verdict,
        declared: None,
        reason: report.reason.clone(),
        steps: report.steps,
        bytes_per_million: rate(report.bytes_per_step),
        blocks_per_million: rate(report.blocks_per_step),
        ceiling: if ceiling == floor {
            Vec::new()
        } else {
            ceiling
        },
        floor,
        callsites: callsites.collect(),
    }
}

fn site(site: &Callsite) -> GrowingSite {
    GrowingSite {
        bytes_per_million: per_million(site.bytes_per_step),
        blocks_per_million: per_million(site.blocks_per_step),
        frames: site.frames.iter().take(FRAMES).cloned().collect(),
    }
}

/// A rate as a whole number, which is the same wherever it is read.
fn per_million(rate: f64) -> i64 {
    (rate * 1e6).round() as i64
}
