//! The first pass: runs the steps and reads what lives after each. Not the judge.
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
use super::judge::{self, Moment, Shape};
use super::others;
use super::report::{Report, Stop};
use super::series::Series;
use super::spike::BigStep;
use super::watchdog::{self, Watchdog};

/// A detection under way. Those of one process run one after the other: two at once would count
/// each other.
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
    /// In the setup or step of a detection, which would wait for itself.
    #[track_caller]
    pub fn take() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        assert!(
            !DETECTS.get(),
            "a detection inside of the setup or step of another would count that one as well"
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

/// The threads that count.
///
/// # Panics
///
/// In the destructors of a thread that ends, which has no counters.
#[expect(
    clippy::expect_used,
    reason = "the panic is documented, and a thread at its end can measure nothing"
)]
pub(super) fn watch(threads: Threads) -> Watch {
    let watch = match threads {
        Threads::This => Watch::of_this_thread(),
        Threads::Own => Watch::of_this_and_its_threads(),
        Threads::All => Watch::of_process(),
    };
    watch.expect("a thread that is ending cannot look for leaks")
}

/// Exit code of a process whose first pass did not come to an end.
const EXIT: i32 = 2;

/// Says whose detection it is that has not come to an end. To be called by the thread that detects,
/// whose name it is.
fn last_words(limit: Duration) -> impl FnOnce() -> i32 + Send + 'static {
    let whose = std::thread::current().name().map(str::to_owned);
    move || {
        let whose = whose.as_deref().unwrap_or("a thread without a name");
        let _ = writeln!(
            std::io::stderr(),
            " UNDECIDED  {whose}: the leak detection has not returned: setup, steps and drop \
             together have not come to an end within {limit:?}, the one limit for all of it \
             that max_time sets; nothing can stop a step, so heapmark ends the process"
        );
        EXIT
    }
}

/// Runs the first pass; the threads that counted.
pub(super) fn measure<S, R, B: BigStep<S>>(
    detector: &mut Detector<B>,
    setup: &mut impl FnMut() -> S,
    step: &mut impl FnMut(&mut S) -> R,
) -> (Report, Watch) {
    // All memory of our own is taken before anything is read.
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

    let moment = moment(stop);
    let shapes = judge::shapes(&bytes, &blocks, moment);
    let mut report = Report::new(shapes, stop, steps, detector.max_steps);
    report.took = clock.start.elapsed();
    report.after_drop = after_drop;
    report.grown = now - start;
    report.describe(&bytes, &blocks);
    let need = B::DECLARED.then_some(need.0);
    report.judge_spike(need, &bytes);
    if others.events() != 0 {
        report.doubt_for_others(&others, moment, need);
    }
    if events == 0 && steps > 0 {
        report.hint_at_no_allocation();
    }
    (report, watch)
}

fn eighths(steps: u64, count: u64) -> u64 {
    // Somebody may ask for all the steps there are.
    (u128::from(steps) * u128::from(count) / 8) as u64
}

fn moment(stop: Stop) -> Moment {
    match stop {
        Stop::Steps => Moment::Last,
        Stop::Sure | Stop::Time | Stop::Growth => Moment::Early,
    }
}

/// Whether neither has moved since the first quarter.
fn is_quiet(bytes: &Series, blocks: &Series) -> bool {
    judge::is_quiet(bytes) && judge::is_quiet(blocks)
}

/// Whether it leaks beyond doubt although steps are left.
fn rises(bytes: &Series, blocks: &Series) -> bool {
    let shapes = judge::shapes(bytes, blocks, Moment::Early);
    shapes.iter().any(Shape::is_rising)
}

/// Bytes that small steps need: the highest level after any of them, and what they ask for on
/// their way.
#[derive(Default)]
struct Need(i64);

impl Need {
    /// Takes a step, and gives the level after it.
    fn of_small_step(&mut self, step: &mut dyn FnMut() -> Live) -> Live {
        let requested = Totals::of_this_thread().bytes;
        let level = step();
        let requested = Totals::of_this_thread().bytes.wrapping_sub(requested);
        self.0 = self.0.max(level.bytes.saturating_add_unsigned(requested));
        level
    }
}

/// What ends a detection that is not sure.
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

/// Looks at the time as rarely as it can: a look costs as much as a short step.
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
