//! The gate: one word that decides what the allocator counts. Each field of the word is a number of
//! open guards, so guards nest and overlap without a lock.
//!
//! More than 1,023 guards at once carry into the next field, which costs time but closes nothing
//! too early. At most 511 control counters and 3 observers may be on at once.

use std::sync::atomic::{AtomicU32, Ordering};

/// Has its cache line to itself (two lines, because of the adjacent-line prefetcher), so that
/// writes to neighbouring data do not slow down the load that every allocation makes.
#[repr(align(128))]
struct Alone(AtomicU32);

// The symbol has the same name in every version, so a program with two versions of heapmark does
// not link. Otherwise one version would own the allocator, and the other would count nothing.
#[unsafe(export_name = "heapmark_is_in_this_program_twice_see_cargo_tree_duplicates")]
static GATE: Alone = Alone(AtomicU32::new(CLOSED));

pub(super) const CLOSED: u32 = 0;
const ONE_LOCAL: u32 = 1;
const ONE_CONTROL: u32 = 1 << 10;
const ONE_TIMELINE: u32 = 1 << 19;
const ONE_OBSERVER: u32 = 1 << 30;
pub(super) const CONTROL: u32 = 0x1ff * ONE_CONTROL;
pub(super) const TIMELINE: u32 = 0x3ff * ONE_TIMELINE;
/// One bit: only one `ProcessHeap` exists at a time.
pub(super) const PROCESS: u32 = 1 << 29;
pub(super) const OBSERVER: u32 = 0x3 * ONE_OBSERVER;
/// Something other than the thread's counters is on.
pub(super) const WATCHED: u32 = CONTROL | TIMELINE | PROCESS | OBSERVER;

#[inline(always)]
pub(super) fn read() -> u32 {
    GATE.0.load(Ordering::Relaxed)
}

/// Whether the gate is closed, so nothing is counted. Timed passes assert it.
pub fn is_closed() -> bool {
    read() == CLOSED
}

/// Keeps the gate open until this guard is dropped.
#[derive(Debug)]
#[must_use = "the gate closes when the guard is dropped"]
pub struct Open {
    added: u32,
}

/// Opens the gate for thread-local counting until the guard is dropped.
///
/// Threads that are already running count once they see the change, after nanoseconds and in no
/// guaranteed order. Threads that are spawned later count from their start.
pub fn open() -> Open {
    add(ONE_LOCAL)
}

/// Opens the gate for thread-local counting and for stats_alloc, the independent control counter,
/// until the guard is dropped. Its shared atomics are slow when threads contend for them.
pub fn open_with_control() -> Open {
    add(ONE_LOCAL + ONE_CONTROL)
}

/// Opens the gate for the thread-local counters, the control counter and the allocation timeline.
#[cfg(feature = "bench")]
pub(super) fn open_with_timeline() -> Open {
    add(ONE_LOCAL + ONE_CONTROL + ONE_TIMELINE)
}

/// Opens the gate for thread-local counting and for the observer.
pub(super) fn open_observed() -> Open {
    add(ONE_LOCAL + ONE_OBSERVER)
}

/// Opens the gate for thread-local counting and for the process-wide counters of `ProcessHeap`.
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
