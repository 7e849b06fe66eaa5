//! Repeats a routine under the leak detector. The verdict comes from `leak`.
//!
//! ```text
//!  warm up ─▶ count one iteration ─▶ number of steps that fits ─▶ leak::Detector ─▶ Growth record
//! ```

use std::cell::RefCell;
use std::time::{Duration, Instant};

use crate::alloc::{self, Totals};
use crate::bencher::{Instrument, Routine};
use crate::leak::{Callsite, Detector, Report};
use heapmark_model::record::{GrowingSite, Growth as Found, Verdict};

/// Maximum number of iterations, so that a suite takes seconds. Growth of only a few blocks in this
/// many iterations needs a [`Detector`] in a test.
const STEPS: u64 = 20_000;

/// Minimum number of iterations. Fewer cannot be judged.
const FEWEST: u64 = 512;

/// Total time of the iterations in nanoseconds, as estimated by [`cost`].
const PATIENCE: u64 = 40_000_000;

/// Time limit, in case the estimate is far off.
const LIMIT: Duration = Duration::from_secs(2);

/// The longest iteration that is repeated. So few longer ones fit into [`LIMIT`] that there would be
/// no verdict.
const LONGEST: Duration = Duration::from_millis(250);

/// Limit of growth in bytes, so that a leak of large blocks does not exhaust the machine's memory.
const MAX_GROWTH: u64 = 256 << 20;

/// Maximum number of call sites in a record.
const CALLSITES: usize = 2;

/// Frames of each call site: the allocating line and its caller.
const FRAMES: usize = 2;

/// Repeats a routine and judges the growth of live memory.
#[derive(Debug, Default)]
pub struct GrowthInstrument {
    again: Option<String>,
    found: Option<Found>,
}

impl GrowthInstrument {
    /// Creates the instrument. With `again`, a second pass finds the call sites of growth, in a
    /// process that is started like this one and reads `again`. Without it there is no second pass.
    pub fn new(again: Option<String>) -> Self {
        Self { again, found: None }
    }

    /// The result; `None` if nothing was measured.
    pub fn take(&mut self) -> Option<Found> {
        self.found.take()
    }
}

impl Instrument for GrowthInstrument {
    fn measure(&mut self, routine: &mut dyn Routine) {
        let started = Instant::now();
        routine.once();
        let took = started.elapsed();
        if took > LONGEST {
            self.found = Some(too_slow(took));
            return;
        }
        let steps = (PATIENCE / cost(routine)).clamp(FEWEST, STEPS);
        let detector = Detector::new()
            .max_steps(steps)
            .max_time(LIMIT)
            .max_growth(MAX_GROWTH)
            // A thread pool that the routine uses may exist before its first iteration.
            .all_threads(true)
            .callsites(self.again.is_some());
        let detector = match &self.again {
            Some(input) => detector.second_pass_in_fresh_process(input.clone()),
            None => detector,
        };
        // The state of a case belongs to the routine, so it outlives each pass.
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

/// The estimated time of an iteration in nanoseconds, from its allocations. A clock would give a
/// different number of steps in each run, and so possibly a different verdict.
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

/// The result for a routine that is too slow to be repeated.
fn too_slow(took: Duration) -> Found {
    Found {
        verdict: Verdict::Undecided,
        declared: None,
        reason: format!(
            "one iteration takes {:.1} s, so it was not repeated",
            took.as_secs_f64()
        ),
        steps: 1,
        bytes_per_million: 0,
        blocks_per_million: 0,
        ceiling: Vec::new(),
        floor: Vec::new(),
        callsites: Vec::new(),
    }
}

fn found(report: Report) -> Found {
    let mut levels = report.levels.as_slice();
    // Constant levels are stored as one part, because a record has hundreds of them.
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

/// A rate as a whole number of events per million steps, which is exact in every format.
fn per_million(rate: f64) -> i64 {
    (rate * 1e6).round() as i64
}
