//! Reads the counters around the parts of one iteration.
//!
//! ```text
//!  begin ──setup──▶ start ──routine──▶ returned ──drop──▶ finish
//!  live₀            counts₀, peak₀     counts₁            counts₂, live₁
//!                   └────────── the tape runs ──────────┘
//! ```

use std::cell::Cell;
use std::rc::Rc;

use stats_alloc::Stats;

use super::block::Block;
use super::gate::{self, Open};
use super::tape::{self, RawTape};
use super::totals::Totals;
use super::witness;

thread_local! {
    /// Whether this thread has a meter. A second one would restart the peak and take the tape
    /// of the first.
    static METERED: Cell<bool> = const { Cell::new(false) };
}

/// Counts iterations on the calling thread, with totals over all threads.
///
/// It takes everything that it needs when it is made; between its calls it does not touch the
/// heap. It stays on its thread, and must be dropped before the thread's own destructors run:
/// one that is kept in a thread-local reads the counters of another thread there.
///
/// ```
/// use heapmark::__private::alloc::Meter;
///
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let mut meter = Meter::with_tape(16).expect("the thread has no other meter");
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
/// assert_eq!(meter.tape().deltas().collect::<Vec<_>>(), [200, -300]);
/// ```
///
/// ```compile_fail,E0277
/// fn send(_: impl Send) {}
/// send(heapmark::__private::alloc::Meter::with_tape(0));
/// ```
#[derive(Debug)]
pub struct Meter {
    block: &'static Block,
    /// The allocator writes to it while it runs. A box would claim to be the only way to it.
    tape: Rc<RawTape>,
    open: Option<Open>,
    live_at_begin: i64,
    at_start: Totals,
    own_at_start: Totals,
    witness_at_start: Stats,
    at_return: Totals,
    drop_at: u64,
}

/// One iteration, as the counters saw it.
#[derive(Debug)]
pub struct Reading {
    /// Over all threads, from the start of the routine until it returned.
    pub routine: Totals,
    /// Over all threads, from then until everything was dropped.
    pub drop: Totals,
    /// Events from start to finish on other threads than the measured one.
    pub foreign_events: u64,
    /// Live bytes over all threads when the routine started, above those at `begin`.
    pub start: i64,
    /// Highest live bytes of the measured thread above those when the routine started.
    pub peak: u64,
    /// Live bytes over all threads at the end above those at `begin`.
    pub retained: i64,
    /// Number of the first event of the drop.
    pub drop_at: u64,
    /// Whether stats_alloc saw the same totals.
    pub witness_agrees: bool,
}

impl Meter {
    /// Makes a meter whose tape holds `events` events.
    ///
    /// `None` where the thread has a meter already, or is too near its end to have counters of
    /// its own.
    pub fn with_tape(events: usize) -> Option<Self> {
        let block = Block::own()?;
        if METERED.get() {
            return None;
        }
        let tape = Rc::new(RawTape::with_capacity(events));
        METERED.set(true);
        Some(Self {
            block,
            tape,
            open: None,
            live_at_begin: 0,
            at_start: Totals::default(),
            own_at_start: Totals::default(),
            witness_at_start: Stats::default(),
            at_return: Totals::default(),
            drop_at: 0,
        })
    }

    /// Opens the gate, before the input of an iteration is made.
    pub fn begin(&mut self) {
        self.open = Some(gate::open_taped());
        self.live_at_begin = Totals::of_process().live;
    }

    /// The input is made, the routine starts.
    pub fn start(&mut self) {
        self.witness_at_start = witness::stats();
        self.at_start = Totals::of_process();
        self.own_at_start = self.block.totals();
        self.block.reset_peak();
        self.tape.clear();
        // SAFETY: the meter keeps the tape, and stops it before letting go of it.
        unsafe { tape::run(Rc::as_ptr(&self.tape)) };
    }

    /// The routine has returned, dropping starts.
    pub fn returned(&mut self) {
        self.at_return = Totals::of_process();
        self.drop_at = self.tape.events();
    }

    /// Everything is dropped: closes the gate and tells what happened since `begin`.
    pub fn finish(&mut self) -> Reading {
        tape::stop();
        let at_end = Totals::of_process();
        let own_whole = self.block.totals() - self.own_at_start;
        let witnessed = witness::stats();
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
            witness_agrees: witness::agrees(&self.witness_at_start, &witnessed, &whole),
        }
    }

    /// The tape of the last iteration.
    pub fn tape(&self) -> &RawTape {
        &self.tape
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        // A routine that panics drops the meter in the middle of an iteration.
        tape::stop();
        self.open = None;
        METERED.set(false);
    }
}
