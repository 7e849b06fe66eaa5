//! Reads the counters around the parts of one iteration.
//!
//! ```text
//!  begin ──setup──▶ start ──routine──▶ returned ──drop──▶ finish
//!  live₀            counts₀, peak₀     counts₁            counts₂, live₁
//!                   └─── the timeline is recorded ────────┘
//! ```

use std::cell::Cell;
use std::rc::Rc;

use stats_alloc::Stats;

use super::block::Block;
use super::control_counter;
use super::gate::{self, Open};
use super::timeline::{self, RawTimeline};
use super::totals::Totals;

thread_local! {
    /// Whether this thread has a meter. A second one would reset the peak and take over the
    /// timeline of the first.
    static METERED: Cell<bool> = const { Cell::new(false) };
}

/// Counts iterations on the calling thread, with totals over all threads.
///
/// It allocates everything that it needs when it is created, and nothing later. It cannot be sent
/// to another thread, and must be dropped before the thread's destructors run: a meter in a
/// thread-local would read the counters of another thread at that point.
///
/// ```
/// use heapmark::__private::alloc::Meter;
///
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let mut meter = Meter::with_timeline(16).expect("the thread has no other meter");
/// meter.begin();
/// let mut list = vec![1_u8; 100];
/// meter.start();
/// list.reserve_exact(200);
/// meter.returned();
/// drop(list);
/// let reading = meter.finish();
///
/// assert_eq!((reading.start, reading.peak, reading.retained), (100, 200, 0));
/// assert_eq!((reading.routine.reallocs, reading.drop.frees), (1, 1));
/// assert_eq!(meter.timeline().deltas().collect::<Vec<_>>(), [200, -300]);
/// ```
///
/// ```compile_fail,E0277
/// fn send(_: impl Send) {}
/// send(heapmark::__private::alloc::Meter::with_timeline(0));
/// ```
#[derive(Debug)]
pub struct Meter {
    block: &'static Block,
    /// The allocator writes to it while it records. A `Box` would claim exclusive access.
    timeline: Rc<RawTimeline>,
    open: Option<Open>,
    live_at_begin: i64,
    at_start: Totals,
    own_at_start: Totals,
    control_at_start: Stats,
    at_return: Totals,
    drop_at: u64,
}

/// The counts of one iteration.
#[derive(Debug)]
pub struct Reading {
    /// Over all threads, from the start of the routine until it returned.
    pub routine: Totals,
    /// Over all threads, from the return of the routine until everything was dropped.
    pub drop: Totals,
    /// Events from start to finish on threads other than the measured one.
    pub foreign_events: u64,
    /// Live bytes over all threads when the routine started, minus those at `begin`.
    pub start: i64,
    /// Highest live bytes of the measured thread, minus those when the routine started.
    pub peak: u64,
    /// Live bytes over all threads at the end, minus those at `begin`.
    pub retained: i64,
    /// Index of the first event of the drop, counted from 0.
    pub drop_at: u64,
    /// Whether stats_alloc, the control counter, counted the same totals.
    pub control_agrees: bool,
}

impl Meter {
    /// Creates a meter whose allocation timeline has space for `events` events.
    ///
    /// `None` if the thread already has a meter, or is ending and has no counters.
    pub fn with_timeline(events: usize) -> Option<Self> {
        let block = Block::own()?;
        if METERED.get() {
            return None;
        }
        let timeline = Rc::new(RawTimeline::with_capacity(events));
        METERED.set(true);
        Some(Self {
            block,
            timeline,
            open: None,
            live_at_begin: 0,
            at_start: Totals::default(),
            own_at_start: Totals::default(),
            control_at_start: Stats::default(),
            at_return: Totals::default(),
            drop_at: 0,
        })
    }

    /// Opens the gate. Call it before the setup of an iteration.
    pub fn begin(&mut self) {
        self.open = Some(gate::open_with_timeline());
        self.live_at_begin = Totals::of_process().live;
    }

    /// Marks the end of the setup and the start of the routine.
    pub fn start(&mut self) {
        self.control_at_start = control_counter::stats();
        self.at_start = Totals::of_process();
        self.own_at_start = self.block.totals();
        self.block.reset_peak();
        self.timeline.clear();
        // SAFETY: the meter keeps the timeline alive, and stops recording before it drops it.
        unsafe { timeline::run(Rc::as_ptr(&self.timeline)) };
    }

    /// Marks the return of the routine and the start of the drop.
    pub fn returned(&mut self) {
        self.at_return = Totals::of_process();
        self.drop_at = self.timeline.events();
    }

    /// Marks the end of the drop: closes the gate and returns what happened since `begin`.
    pub fn finish(&mut self) -> Reading {
        timeline::stop();
        let at_end = Totals::of_process();
        let own_whole = self.block.totals() - self.own_at_start;
        let with_control = control_counter::stats();
        self.open = None;

        let whole = at_end - self.at_start;
        Reading {
            routine: self.at_return - self.at_start,
            drop: at_end - self.at_return,
            foreign_events: whole.events().wrapping_sub(own_whole.events()),
            start: self.at_start.live.wrapping_sub(self.live_at_begin),
            peak: self.block.peak().abs_diff(self.own_at_start.live),
            retained: at_end.live.wrapping_sub(self.live_at_begin),
            drop_at: self.drop_at,
            control_agrees: control_counter::agrees(&self.control_at_start, &with_control, &whole),
        }
    }

    /// The allocation timeline of the last iteration.
    pub fn timeline(&self) -> &RawTimeline {
        &self.timeline
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        // A routine that panics drops the meter in the middle of an iteration.
        timeline::stop();
        self.open = None;
        METERED.set(false);
    }
}
