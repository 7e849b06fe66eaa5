//! Reads the counters around the parts of one iteration.
//!
//! ```text
//!  begin ──setup──▶ start ──routine──▶ returned ──drop──▶ finish
//!  live₀            counts₀, peak₀     counts₁            counts₂, live₁
//!                   └────────── the tape runs ──────────┘
//! ```

use std::ptr;

use stats_alloc::Stats;

use super::block::Block;
use super::gate::{self, Open};
use super::tape::RawTape;
use super::totals::Totals;
use super::witness;

/// Counts iterations on the calling thread, with totals over all threads.
///
/// It takes everything that it needs when it is made; between its calls it does not touch the
/// heap.
#[derive(Debug)]
pub struct Meter {
    block: &'static Block,
    /// Owned; a raw pointer because the allocator writes through it while the tape runs. It
    /// also keeps the meter on its thread.
    tape: *mut RawTape,
    open: Option<Open>,
    live_at_begin: i64,
    own_live_at_begin: i64,
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
    /// Live bytes of the measured thread when the routine started, above those at `begin`.
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
    /// `None` where the thread is too near its end to have counters of its own.
    pub fn with_tape(events: usize) -> Option<Self> {
        Some(Self {
            block: Block::own()?,
            tape: Box::into_raw(Box::new(RawTape::with_capacity(events))),
            open: None,
            live_at_begin: 0,
            own_live_at_begin: 0,
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
        self.own_live_at_begin = self.block.live();
        self.live_at_begin = Totals::of_process().live;
    }

    /// The input is made, the routine starts.
    pub fn start(&mut self) {
        self.witness_at_start = witness::stats();
        self.at_start = Totals::of_process();
        self.own_at_start = self.block.totals();
        self.block.reset_peak();
        // SAFETY: the meter owns the tape, and no event is written while it is not set.
        unsafe { (*self.tape).clear() };
        self.block.set_tape(self.tape);
    }

    /// The routine has returned, dropping starts.
    pub fn returned(&mut self) {
        self.at_return = Totals::of_process();
        self.drop_at = self.tape().events();
    }

    /// Everything is dropped: closes the gate and tells what happened since `begin`.
    pub fn finish(&mut self) -> Reading {
        self.block.set_tape(ptr::null_mut());
        let at_end = Totals::of_process();
        let own_whole = self.block.totals() - self.own_at_start;
        let witnessed = witness::stats() - self.witness_at_start;
        self.open = None;

        let whole = at_end - self.at_start;
        let own_live_at_start = self.own_at_start.live;
        Reading {
            routine: self.at_return - self.at_start,
            drop: at_end - self.at_return,
            foreign_events: whole.events() - own_whole.events(),
            start: own_live_at_start - self.own_live_at_begin,
            peak: (self.block.peak() - own_live_at_start).unsigned_abs(),
            retained: at_end.live - self.live_at_begin,
            drop_at: self.drop_at,
            witness_agrees: witness::agrees(&witnessed, &whole),
        }
    }

    /// The tape of the last iteration.
    pub fn tape(&self) -> &RawTape {
        // SAFETY: the meter owns the tape, and the reference ends before the next event, which
        // only the borrowing thread could cause.
        unsafe { &*self.tape }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.block.set_tape(ptr::null_mut());
        // SAFETY: the pointer came from a box, and the allocator no longer writes through it.
        drop(unsafe { Box::from_raw(self.tape) });
    }
}
