//! The first pass: runs the steps and reads the live memory after each. Does not judge it.
//!
//! ```text
//!  before ─ setup ─ [a tenth of the steps ─ spike] ─ step … ⅝ of the steps … ⅞ … all steps ─ drop
//!                                                            │             │       │
//!                                                         quiet?        leaks?   judge
//! ```

use std::cell::Cell;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::alloc::{self, Live, Totals, Watch};

use super::detector::{Detector, Threads};
use super::judge::{self, Strictness, Trend};
use super::others;
use super::report::{Report, Stop};
use super::series::Series;
use super::spike::BigStep;
use super::watchdog::{self, Watchdog};

/// A running detection. The detections of one process run one after the other: two at the same time
/// would count each other's memory.
pub(super) struct Turn {
    _turn: MutexGuard<'static, ()>,
}

thread_local! {
    static DETECTS: Cell<bool> = const { Cell::new(false) };
}

impl Turn {
    /// Waits for the detections of other threads.
    ///
    /// # Panics
    ///
    /// Inside the setup or a step of a detection, which would wait for itself.
    #[track_caller]
    pub fn take() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        assert!(
            !DETECTS.get(),
            "a detection cannot run inside the setup or a step of another: each would count the \
             other's memory; run them one after the other"
        );
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        DETECTS.set(true);
        Self { _turn: turn }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        DETECTS.set(false);
    }
}

/// Watches the threads that count.
///
/// # Panics
///
/// In the destructors of a thread that is ending, because it has no counters.
#[expect(
    clippy::expect_used,
    reason = "the panic is documented, and a thread that is ending cannot measure"
)]
pub(super) fn watch(threads: Threads) -> Watch {
    let watch = match threads {
        Threads::This => Watch::of_this_thread(),
        Threads::Own => Watch::of_this_and_its_threads(),
        Threads::All => Watch::of_process(),
    };
    watch.expect("a thread that is ending cannot look for leaks")
}

/// Exit code of a process whose first pass did not finish.
const EXIT: i32 = 2;

/// Prints which detection did not finish. Must be called on the thread that detects, because it
/// reports the name of the calling thread.
fn last_words(limit: Duration) -> impl FnOnce() -> i32 + Send + 'static {
    let whose = std::thread::current().name().map(str::to_owned);
    move || {
        let whose = whose.as_deref().unwrap_or("an unnamed thread");
        let _ = writeln!(
            std::io::stderr(),
            " UNDECIDED  {whose}: the leak detection has not returned: setup, steps and drop \
             together did not finish within {limit:?} (twice max_time, at least 1 s); a step \
             cannot be interrupted, so heapmark ends the process"
        );
        EXIT
    }
}

/// Runs the first pass. Returns the report and the watch on the threads that counted.
pub(super) fn measure<S, R, B: BigStep<S>>(
    detector: &mut Detector<B>,
    setup: &mut impl FnMut() -> S,
    step: &mut impl FnMut(&mut S) -> R,
) -> (Report, Watch) {
    // All memory of the detector is allocated before the first reading.
    let mut bytes = Series::new();
    let mut blocks = Series::new();
    let mut others = others::Bounds::new();
    let limit = watchdog::limit(detector.max_time);
    let watchdog = Watchdog::start(limit, last_words(limit));
    let watch = watch(detector.threads);
    let counting = alloc::open();
    let before = watch.live();
    let mut clock = Clock::start(detector.max_time);

    let mut state = setup();
    let mut bounds = Bounds {
        ceiling: ceiling(watch.live() - before, detector.max_growth),
        clock: &mut clock,
    };
    let mut need = Need::default();
    let mut stop = None;
    if B::DECLARED {
        for _ in 0..detector.max_steps / 10 {
            stop = bounds.passed(need.of_small_step(&mut || {
                drop(step(&mut state));
                watch.live() - before
            }));
            if stop.is_some() {
                break;
            }
        }
        detector.spike.take(&mut state);
    }
    let start = watch.live() - before;
    bounds.ceiling = ceiling(start, detector.max_growth);
    let five_eighths = detector.max_steps - eighths(detector.max_steps, 3);
    let seven_eighths = detector.max_steps - eighths(detector.max_steps, 1);
    let mut now = start;
    let mut steps = 0;
    let events = watch.events();
    others.begin(watch.elsewhere());
    while steps < detector.max_steps && stop.is_none() {
        drop(step(&mut state));
        steps += 1;
        let (live, elsewhere) = watch.live_beside();
        now = live - before;
        others.push(now, elsewhere, &watch, [&bytes, &blocks]);
        bytes.push(now.bytes);
        blocks.push(now.blocks);
        let is_late = steps == seven_eighths;
        if (is_late || steps == five_eighths) && is_quiet(&bytes, &blocks)
            || is_late && rises(&bytes, &blocks)
        {
            stop = Some(Stop::Sure);
        } else {
            stop = bounds.passed(now);
        }
    }
    let stop = stop.unwrap_or(Stop::Steps);
    let events = watch.events().wrapping_sub(events);
    drop(state);
    let after_drop = watch.live() - before;
    drop(counting);
    watchdog.stop();

    let strictness = strictness(stop);
    let trends = judge::trends(&bytes, &blocks, strictness);
    let mut report = Report::new(trends, stop, steps, detector.max_steps);
    report.took = clock.start.elapsed();
    report.after_drop = after_drop;
    report.grown = now - start;
    report.describe(&bytes, &blocks);
    let need = B::DECLARED.then_some(need.0);
    report.judge_spike(need, &bytes);
    if others.events() != 0 {
        report.undecide_for_others(&others, strictness, need);
    }
    if events == 0 && steps > 0 {
        report.hint_at_no_allocation();
    }
    (report, watch)
}

fn eighths(steps: u64, count: u64) -> u64 {
    // In 128 bits, because `max_steps` may be `u64::MAX`.
    (u128::from(steps) * u128::from(count) / 8) as u64
}

fn strictness(stop: Stop) -> Strictness {
    match stop {
        Stop::Steps => Strictness::Final,
        Stop::Sure | Stop::Time | Stop::Growth => Strictness::Early,
    }
}

/// Whether neither series has moved its bounds since the first quarter.
fn is_quiet(bytes: &Series, blocks: &Series) -> bool {
    judge::is_quiet(bytes) && judge::is_quiet(blocks)
}

/// Whether it certainly leaks although steps are left.
fn rises(bytes: &Series, blocks: &Series) -> bool {
    let trends = judge::trends(bytes, blocks, Strictness::Early);
    trends.iter().any(Trend::is_rising)
}

/// The need of small steps in bytes: the highest level after any of them, plus the bytes requested
/// during that step.
#[derive(Default)]
struct Need(i64);

impl Need {
    /// Runs a step and returns the level after it.
    fn of_small_step(&mut self, step: &mut dyn FnMut() -> Live) -> Live {
        let requested = Totals::of_this_thread().bytes;
        let level = step();
        let requested = Totals::of_this_thread().bytes.wrapping_sub(requested);
        self.0 = self.0.max(level.bytes.saturating_add_unsigned(requested));
        level
    }
}

/// The limits that end a detection without a certain verdict.
struct Bounds<'a> {
    ceiling: i64,
    clock: &'a mut Clock,
}

impl Bounds<'_> {
    #[inline]
    fn passed(&mut self, now: Live) -> Option<Stop> {
        if now.bytes > self.ceiling {
            return Some(Stop::Growth);
        }
        self.clock.is_over().then_some(Stop::Time)
    }
}

fn ceiling(start: Live, max_growth: u64) -> i64 {
    start.bytes.saturating_add_unsigned(max_growth)
}

/// Reads the time as rarely as possible, because a reading costs as much as a short step.
struct Clock {
    start: Instant,
    looked: Instant,
    limit: Duration,
    stride: u32,
    left: u32,
}

impl Clock {
    fn start(limit: Duration) -> Self {
        let now = Instant::now();
        Self {
            start: now,
            looked: now,
            limit,
            stride: 1,
            left: 1,
        }
    }

    #[inline]
    fn is_over(&mut self) -> bool {
        self.left -= 1;
        self.left == 0 && self.look()
    }

    #[cold]
    fn look(&mut self) -> bool {
        let now = Instant::now();
        self.stride = match now - self.looked < Duration::from_millis(1) {
            true => (self.stride * 2).min(1 << 16),
            false => (self.stride / 2).max(1),
        };
        self.looked = now;
        self.left = self.stride;
        now - self.start >= self.limit
    }
}
