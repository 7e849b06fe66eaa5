//! stats_alloc as an independent counter of the same events.
//!
//! A `StatsAlloc` around an allocator that allocates nothing stands beside the real one and is
//! told of each request after it succeeded. So its totals can be held against ours, without its
//! shared atomics in any timed path: `docs/overhead.md` has what they cost, on two threads above
//! all.

use std::alloc::{GlobalAlloc, Layout};
use std::ptr;

use stats_alloc::{Stats, StatsAlloc};

use super::totals::Totals;

/// Answers every request with a pointer that nobody follows.
struct Echo;

static WITNESS: StatsAlloc<Echo> = StatsAlloc::new(Echo);

// SAFETY: this is no allocator that memory may be taken from: it is private, and only told of
// requests that another allocator has served. None of its pointers is ever read.
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
    // SAFETY: `Echo` asks nothing of its caller.
    let _ = unsafe { WITNESS.alloc(layout) };
}

#[cold]
pub(super) fn on_free(layout: Layout) {
    // SAFETY: `Echo` asks nothing of its caller.
    unsafe { WITNESS.dealloc(ptr::dangling_mut(), layout) };
}

#[cold]
pub(super) fn on_realloc(layout: Layout, new_size: usize) {
    // SAFETY: `Echo` asks nothing of its caller.
    let _ = unsafe { WITNESS.realloc(ptr::dangling_mut(), layout, new_size) };
}

/// What stats_alloc has counted since the process began to witness.
pub(super) fn stats() -> Stats {
    WITNESS.stats()
}

/// Whether stats_alloc and our counters tell the same story of the stretch from `before` to
/// `after`. Where another thread allocates at the moment of a reading they may differ by its
/// event.
///
/// `bytes_allocated` of stats_alloc contains the growth of reallocations, as ours does. Its
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
