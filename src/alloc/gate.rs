//! Whether anybody counts. Each field of the word is a number of open guards, so guards nest and
//! overlap without a lock. More than 1,023 at once carry into the next field, which costs time
//! and closes nothing too early; 511 witnesses at once are the most. The last field has room for
//! three.

use std::sync::atomic::{AtomicU32, Ordering};

/// Alone on its cache line (two, for the adjacent-line prefetcher), so that no neighbour's writes
/// slow down the load that every allocation makes.
#[repr(align(128))]
struct Alone(AtomicU32);

// The name is the same in every version, so that a program with two of them does not link: one
// would own the allocator, and the other would see nothing and say so of a healthy program.
#[unsafe(export_name = "heapmark_is_in_this_program_twice_see_cargo_tree_duplicates")]
static GATE: Alone = Alone(AtomicU32::new(CLOSED));

pub(super) const CLOSED: u32 = 0;
const ONE_LOCAL: u32 = 1;
const ONE_WITNESS: u32 = 1 << 10;
const ONE_TAPE: u32 = 1 << 19;
const ONE_OBSERVER: u32 = 1 << 30;
pub(super) const WITNESS: u32 = 0x1ff * ONE_WITNESS;
pub(super) const TAPE: u32 = 0x3ff * ONE_TAPE;
/// One bit: there is one `ProcessHeap` at a time.
pub(super) const PROCESS: u32 = 1 << 29;
pub(super) const OBSERVER: u32 = 0x3 * ONE_OBSERVER;
/// More is asked for than the counters of the thread.
pub(super) const WATCHED: u32 = WITNESS | TAPE | PROCESS | OBSERVER;

#[inline(always)]
pub(super) fn read() -> u32 {
    GATE.0.load(Ordering::Relaxed)
}

/// Whether nobody counts at this moment; timed passes assert it.
pub fn is_closed() -> bool {
    read() == CLOSED
}

/// Keeps the gate open until it is dropped.
#[derive(Debug)]
#[must_use = "the gate closes when the guard is dropped"]
pub struct Open {
    added: u32,
}

/// Opens the gate for thread-local counting until the guard is dropped.
///
/// Events of threads that were already running count from when they see the change, which takes
/// them nanoseconds but has no order; threads that are spawned later count from their start.
pub fn open() -> Open {
    add(ONE_LOCAL)
}

/// Opens the gate for thread-local counting and for stats_alloc, the independent witness, until
/// the guard is dropped. Its shared atomics are slow where threads contend for them.
pub fn open_witnessed() -> Open {
    add(ONE_LOCAL + ONE_WITNESS)
}

/// Opens the gate for everything: counters, witness and tape.
#[cfg(feature = "bench")]
pub(super) fn open_taped() -> Open {
    add(ONE_LOCAL + ONE_WITNESS + ONE_TAPE)
}

/// Opens the gate for thread-local counting and for the observer.
pub(super) fn open_observed() -> Open {
    add(ONE_LOCAL + ONE_OBSERVER)
}

/// Opens the gate for thread-local counting and for what lives in the whole process.
pub(super) fn open_process() -> Open {
    add(ONE_LOCAL + PROCESS)
}

fn add(added: u32) -> Open {
    GATE.0.fetch_add(added, Ordering::SeqCst);
    Open { added }
}

impl Drop for Open {
    fn drop(&mut self) {
        GATE.0.fetch_sub(self.added, Ordering::SeqCst);
    }
}
