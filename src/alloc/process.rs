//! What lives in the whole process, and the most that ever did, event by event.
//!
//! The counters of the threads cannot tell it: their highest points lie at different times. So
//! this one is shared, and every event of every thread waits for it. Who wants it asks for it;
//! no measuring pass does.

use std::alloc::Layout;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering, Ordering::Relaxed};

use super::gate::{self, Open};

/// Alone on its cache lines, which every thread writes.
#[repr(align(128))]
struct Shared {
    bytes: Height,
    blocks: Height,
}

static SHARED: Shared = Shared {
    bytes: Height::new(),
    blocks: Height::new(),
};
static TAKEN: AtomicBool = AtomicBool::new(false);

/// A sum and its highest value.
struct Height {
    now: AtomicI64,
    peak: AtomicI64,
}

impl Height {
    const fn new() -> Self {
        Self {
            now: AtomicI64::new(0),
            peak: AtomicI64::new(0),
        }
    }

    fn change(&self, by: i64) {
        let now = self.now.fetch_add(by, Relaxed).wrapping_add(by);
        if now > self.peak.load(Relaxed) {
            self.peak.fetch_max(now, Relaxed);
        }
    }

    fn restart(&self) {
        self.now.store(0, Relaxed);
        self.peak.store(0, Relaxed);
    }
}

/// Follows what lives in the process from when it is made until it is dropped; there is one at a
/// time.
///
/// ```
/// use heapmark::__private::alloc::ProcessHeap;
///
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let heap = ProcessHeap::follow().expect("nobody else follows");
/// drop(vec![0_u8; 1000]);
/// let kept = vec![0_u8; 10];
/// assert_eq!((heap.live_bytes(), heap.peak_bytes()), (10, 1000));
/// assert_eq!((heap.live_blocks(), heap.peak_blocks()), (1, 1));
/// assert!(ProcessHeap::follow().is_none());
/// # drop(kept);
/// ```
#[derive(Debug)]
#[must_use = "it follows the heap until it is dropped"]
pub struct ProcessHeap {
    /// Closed before the next one may be made, so that it starts at zero.
    open: Option<Open>,
}

impl ProcessHeap {
    /// Starts at zero; `None` where there is one already.
    pub fn follow() -> Option<Self> {
        if TAKEN.swap(true, Ordering::Acquire) {
            return None;
        }
        SHARED.bytes.restart();
        SHARED.blocks.restart();
        let open = Some(gate::open_process());
        Some(Self { open })
    }

    /// Bytes allocated minus bytes freed since the start: negative where more is freed that was
    /// allocated earlier.
    pub fn live_bytes(&self) -> i64 {
        SHARED.bytes.now.load(Relaxed)
    }

    /// Blocks allocated minus blocks freed since the start.
    pub fn live_blocks(&self) -> i64 {
        SHARED.blocks.now.load(Relaxed)
    }

    /// Highest live bytes since the start, zero at least.
    pub fn peak_bytes(&self) -> u64 {
        SHARED.bytes.peak.load(Relaxed).unsigned_abs()
    }

    /// Highest live blocks since the start, zero at least.
    pub fn peak_blocks(&self) -> u64 {
        SHARED.blocks.peak.load(Relaxed).unsigned_abs()
    }
}

impl Drop for ProcessHeap {
    fn drop(&mut self) {
        drop(self.open.take());
        TAKEN.store(false, Ordering::Release);
    }
}

#[cold]
pub(super) fn on_alloc(layout: Layout) {
    SHARED.bytes.change(layout.size() as i64);
    SHARED.blocks.change(1);
}

#[cold]
pub(super) fn on_free(layout: Layout) {
    SHARED.bytes.change(-(layout.size() as i64));
    SHARED.blocks.change(-1);
}

#[cold]
pub(super) fn on_realloc(layout: Layout, new_size: usize) {
    SHARED.bytes.change(new_size as i64 - layout.size() as i64);
}
