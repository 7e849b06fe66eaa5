//! The allocation timeline: the buffer that a measured thread writes its events to. It is allocated
//! before measuring and never grows, because recording must not allocate.

use std::cell::Cell;
use std::ptr;

thread_local! {
    /// The buffer that records this thread's events; null if none does. It belongs to the thread
    /// and not to its block, which gets another owner when the thread ends. It has no destructor,
    /// so the allocator may read it at any time.
    static RUNNING: Cell<*const RawTimeline> = const { Cell::new(ptr::null()) };
}

/// One thread's allocation events in order, as changes of its live bytes.
///
/// It is written through a shared reference, because the allocator may add an event while earlier
/// ones are being read.
#[derive(Debug)]
pub struct RawTimeline {
    deltas: Box<[Cell<i64>]>,
    events: Cell<u64>,
}

impl RawTimeline {
    /// Allocates a buffer for `capacity` events and touches all its pages, so that no event causes
    /// a page fault.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            deltas: vec![Cell::new(0); capacity].into_boxed_slice(),
            events: Cell::new(0),
        }
    }

    /// Adds an event. Once the buffer is full, events are only counted.
    pub(super) fn push(&self, delta: i64) {
        let event = self.events.get();
        if let Some(slot) = usize::try_from(event)
            .ok()
            .and_then(|at| self.deltas.get(at))
        {
            slot.set(delta);
        }
        self.events.set(event.wrapping_add(1));
    }

    /// Removes all events and keeps the buffer.
    pub(super) fn clear(&self) {
        self.events.set(0);
    }

    /// Number of events since the last clear, including those that did not fit into the buffer.
    pub fn events(&self) -> u64 {
        self.events.get()
    }

    /// The change of live bytes at each event, in bytes, for the events that fit into the buffer.
    pub fn deltas(&self) -> impl Iterator<Item = i64> {
        let written = usize::try_from(self.events()).unwrap_or(usize::MAX);
        self.deltas.iter().take(written).map(Cell::get)
    }
}

/// Records the calling thread's events to `timeline` until [`stop`] or the next call.
///
/// # Safety
///
/// Until then `timeline` must stay valid and must not move.
pub(super) unsafe fn run(timeline: *const RawTimeline) {
    RUNNING.set(timeline);
}

/// Stops recording the calling thread's events.
pub(super) fn stop() {
    RUNNING.set(ptr::null());
}

/// Writes an event of the calling thread, if its events are being recorded.
pub(super) fn write(delta: i64) {
    // SAFETY: the caller of `run` keeps the timeline alive, and timelines are written only through
    // shared references.
    if let Some(timeline) = unsafe { RUNNING.get().as_ref() } {
        timeline.push(delta);
    }
}
