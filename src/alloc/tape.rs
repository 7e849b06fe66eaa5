//! The buffer that a measured thread writes its events into. It is taken before measuring and
//! never grows: recording must not allocate.

use std::cell::Cell;
use std::ptr;

thread_local! {
    /// Where this thread's events go, null for nowhere. It belongs to the thread and not to its
    /// block, which gets another owner when the thread ends; it has no destructor, so that the
    /// allocator may read it at any time.
    static RUNNING: Cell<*const RawTape> = const { Cell::new(ptr::null()) };
}

/// One thread's allocation events in order, as changes of its live bytes.
///
/// It is written through a shared reference: the allocator adds an event while somebody may be
/// reading the earlier ones.
#[derive(Debug)]
pub struct RawTape {
    deltas: Box<[Cell<i64>]>,
    events: Cell<u64>,
}

impl RawTape {
    /// Takes a buffer for `capacity` events and touches all of it, so that no event pays for
    /// its page.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            deltas: vec![Cell::new(0); capacity].into_boxed_slice(),
            events: Cell::new(0),
        }
    }

    /// Adds an event; once the buffer is full it is only counted.
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

    /// Forgets what was written and keeps the buffer.
    pub(super) fn clear(&self) {
        self.events.set(0);
    }

    /// Events since the tape was cleared, those included that did not fit.
    pub fn events(&self) -> u64 {
        self.events.get()
    }

    /// Changes of live bytes in bytes, one an event, as far as the buffer reached.
    pub fn deltas(&self) -> impl Iterator<Item = i64> {
        let written = usize::try_from(self.events()).unwrap_or(usize::MAX);
        self.deltas.iter().take(written).map(Cell::get)
    }
}

/// Lets the calling thread's events go to `tape` until [`stop`] or the next call.
///
/// # Safety
///
/// The tape lives and stays where it is until then.
pub(super) unsafe fn run(tape: *const RawTape) {
    RUNNING.set(tape);
}

/// Lets the calling thread's events go nowhere.
pub(super) fn stop() {
    RUNNING.set(ptr::null());
}

/// Writes an event of the calling thread, if its tape runs.
pub(super) fn write(delta: i64) {
    // SAFETY: whoever called `run` keeps the tape alive, and tapes are written through shared
    // references only.
    if let Some(tape) = unsafe { RUNNING.get().as_ref() } {
        tape.push(delta);
    }
}
