//! A trace: records every block that a thread allocates, with its call stack.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::blocks::{self, Event, Held, Sum};
use super::walk;
use crate::alloc::{AlreadyObserved, Observer, Observing, ThreadFilter, observe};

/// The allocations of one call stack during a trace.
#[derive(Clone, Debug, Default)]
pub struct Traced {
    /// Return addresses, innermost first.
    pub addresses: Box<[usize]>,
    /// Its events, and its live memory at the end.
    #[cfg_attr(
        not(feature = "bench"),
        expect(dead_code, reason = "only a benchmark reports it")
    )]
    pub sum: Sum,
}

/// Number of size classes for sampling: four per power of two.
pub const CLASSES: usize = 4 * 65;

/// Sampling interval by size class: one in this many blocks is recorded.
static EVERY: [AtomicU64; CLASSES] = [const { AtomicU64::new(1) }; CLASSES];
/// The sampling phase. A block is recorded in the phases that its interval divides.
static PHASE: AtomicU64 = AtomicU64::new(0);
/// Number of recorded blocks, by size class.
static OBSERVED: [AtomicU64; CLASSES] = [const { AtomicU64::new(0) }; CLASSES];
/// The threads whose blocks are recorded; all threads if there is no filter.
static THREAD_FILTER: Mutex<Option<ThreadFilter>> = Mutex::new(None);
static HAS_THREAD_FILTER: AtomicBool = AtomicBool::new(false);

// Functions and not closures: a closure is called by a function of std, whose frame would be
// between those of heapmark.
static OBSERVER: Observer = Observer {
    on_alloc,
    on_resized,
    on_free,
};

fn on_alloc(address: usize, bytes: usize) {
    record(address, bytes, Event::Alloc);
}

fn on_resized(address: usize, before: usize, after: usize) {
    let growth = after.saturating_sub(before);
    record(address, after, Event::Resized { growth });
}

fn on_free(address: usize) {
    // The blocks of the tables themselves are not recorded.
    if !blocks::is_inside() {
        blocks::unseen(|| blocks::forget(address));
    }
}

/// The class of a block: its power of two, and the quarter between this and the next power.
fn size_class(bytes: usize) -> usize {
    let power = usize::BITS - bytes.leading_zeros();
    let quarter = match power {
        0..3 => 0,
        _ => bytes >> (power - 3) & 3,
    };
    4 * power as usize + quarter
}

/// How many blocks a recorded block of this size represents now; 0 if it is not recorded.
fn weight(bytes: usize) -> u64 {
    let every = EVERY[size_class(bytes)].load(Ordering::Relaxed);
    let phase = PHASE.load(Ordering::Relaxed);
    if phase.is_multiple_of(every) {
        every
    } else {
        0
    }
}

fn record(address: usize, bytes: usize, event: Event) {
    let weight = weight(bytes);
    if weight == 0 || blocks::is_inside() {
        return;
    }
    blocks::unseen(|| {
        if HAS_THREAD_FILTER.load(Ordering::Relaxed) {
            let thread_filter = THREAD_FILTER.lock().unwrap_or_else(PoisonError::into_inner);
            if thread_filter
                .as_ref()
                .is_some_and(|it| !it.has_this_thread())
            {
                return;
            }
        }
        let mut room = [0; walk::DEPTH];
        let stack = walk::stack(&mut room);
        OBSERVED[size_class(bytes)].fetch_add(1, Ordering::Relaxed);
        blocks::keep(address, bytes, event, weight, stack);
    });
}

/// A running trace. Blocks are recorded until it is dropped.
#[derive(Debug)]
#[must_use = "a trace ends when this is dropped"]
pub struct Trace {
    /// Ends the observation of the allocator when it is dropped.
    observing: Option<Observing>,
}

/// Starts to record every block that the threads of `thread_filter` allocate, or that any thread
/// allocates if there is no filter. Stacks are taken by unwinding, unless `walk::choose` selects
/// another way afterwards.
///
/// # Errors
///
/// [`AlreadyObserved`] if another trace is running, because there is only one table of blocks.
pub fn trace(thread_filter: Option<ThreadFilter>) -> Result<Trace, AlreadyObserved> {
    // Taken before the tables are cleared, so that no other trace can clear them.
    let observing = blocks::unseen(|| observe(&OBSERVER))?;
    blocks::unseen(|| {
        walk::unwind_always();
        for (every, observed) in EVERY.iter().zip(&OBSERVED) {
            every.store(1, Ordering::Relaxed);
            observed.store(0, Ordering::Relaxed);
        }
        PHASE.store(0, Ordering::Relaxed);
        HAS_THREAD_FILTER.store(thread_filter.is_some(), Ordering::Relaxed);
        *THREAD_FILTER.lock().unwrap_or_else(PoisonError::into_inner) = thread_filter;
        // The set-up work of the first unwinding is then not part of the trace.
        let _ = walk::stack(&mut [0; walk::DEPTH]);
    });
    blocks::clear();
    Ok(Trace {
        observing: Some(observing),
    })
}

impl Trace {
    /// Sets the sampling interval of each size class. From now on only one block in this many is
    /// recorded, and represents that many: in the [phases](Self::phase) that the interval divides.
    ///
    /// # Panics
    ///
    /// If an interval is 0.
    pub fn sample(&self, every: &[u64; CLASSES]) {
        for (of, every) in EVERY.iter().zip(every) {
            assert!(*every > 0, "a sampling interval must not be 0");
            of.store(*every, Ordering::Relaxed);
        }
    }

    /// Sets the sampling phase. Phase 0 records all blocks.
    pub fn phase(&self, number: u64) {
        PHASE.store(number, Ordering::Relaxed);
    }

    /// The number of blocks recorded so far, by size class. Includes reallocated blocks.
    pub fn observed(&self) -> [u64; CLASSES] {
        std::array::from_fn(|class| OBSERVED[class].load(Ordering::Relaxed))
    }

    /// The live memory of each stack now, in the order of their first events.
    pub fn held(&self) -> Vec<Held> {
        blocks::unseen(|| blocks::sums().iter().map(|sum| sum.held).collect())
    }

    /// Ends the trace. Returns the allocations of each stack, in the order of their first events.
    pub fn finish(mut self) -> Vec<Traced> {
        let sums = blocks::sums();
        let traced = (0..).zip(sums).map_while(|(stack, sum)| {
            let addresses = blocks::addresses(stack)?;
            Some(Traced { addresses, sum })
        });
        let traced = blocks::unseen(|| traced.collect());
        self.end();
        traced
    }

    fn end(&mut self) {
        if let Some(observing) = self.observing.take() {
            // Before the observation ends, so that the next trace cannot start in between.
            blocks::clear();
            drop(observing);
        }
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        self.end();
    }
}
