//! The control counter: stats_alloc as an independent counter of the same events.
//!
//! A `StatsAlloc` around an allocator that allocates nothing is called for each request after the
//! real allocator has served it. Its totals can then be compared with ours, without its shared
//! atomics in any timed path. `docs/overhead.md` states what they cost, especially on two threads.

use std::alloc::{GlobalAlloc, Layout};
use std::ptr;

use stats_alloc::{Stats, StatsAlloc};

use super::totals::Totals;

/// Answers every request with a pointer that is never dereferenced.
struct Echo;

static CONTROL: StatsAlloc<Echo> = StatsAlloc::new(Echo);

// SAFETY: nothing takes memory from this allocator: it is private, and called only for requests
// that another allocator has served. None of its pointers is dereferenced.
unsafe impl GlobalAlloc for Echo {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        ptr::dangling_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn alloc_zeroed(&self, _: Layout) -> *mut u8 {
        ptr::dangling_mut()
    }

    unsafe fn realloc(&self, pointer: *mut u8, _: Layout, _: usize) -> *mut u8 {
        pointer
    }
}

#[cold]
pub(super) fn on_alloc(layout: Layout) {
    // SAFETY: `Echo` has no requirements on its caller.
    let _ = unsafe { CONTROL.alloc(layout) };
}

#[cold]
pub(super) fn on_free(layout: Layout) {
    // SAFETY: `Echo` has no requirements on its caller.
    unsafe { CONTROL.dealloc(ptr::dangling_mut(), layout) };
}

#[cold]
pub(super) fn on_realloc(layout: Layout, new_size: usize) {
    // SAFETY: `Echo` has no requirements on its caller.
    let _ = unsafe { CONTROL.realloc(ptr::dangling_mut(), layout, new_size) };
}

/// The counts of stats_alloc since it was first turned on.
pub(super) fn stats() -> Stats {
    CONTROL.stats()
}

/// Whether stats_alloc and our counters agree on the time from `before` to `after`. If another
/// thread allocates during a reading, they may differ by that event.
///
/// `bytes_allocated` of stats_alloc includes the growth of reallocations, as ours does. Its
/// counters are as wide as a pointer and wrap, so ours are compared at that width.
pub(super) fn agrees(before: &Stats, after: &Stats, ours: &Totals) -> bool {
    let change = |of: fn(&Stats) -> usize| of(after).wrapping_sub(of(before));
    let allocated = change(|stats| stats.bytes_allocated);
    let deallocated = change(|stats| stats.bytes_deallocated);
    change(|stats| stats.allocations) == ours.allocs as usize
        && change(|stats| stats.deallocations) == ours.frees as usize
        && change(|stats| stats.reallocations) == ours.reallocs as usize
        && allocated == ours.bytes as usize
        && allocated.wrapping_sub(deallocated) == ours.live as usize
}
