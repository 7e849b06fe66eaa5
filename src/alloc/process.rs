//! Live bytes and blocks of the whole process and their peaks, updated at every event.
//!
//! The threads' own counters cannot give the peak of the process, because threads reach their peaks
//! at different times. These counters are therefore shared, and all threads contend for them. They
//! are off unless requested, and no measuring pass uses them.

use std::alloc::Layout;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering, Ordering::Relaxed};

use super::gate::{self, Open};

/// Has its cache lines to itself, because every thread writes to them.
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

/// A sum and its peak.
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

/// Counts the live memory of the process from its creation until it is dropped. Only one exists at
/// a time.
///
/// ```
/// use heapmark::__private::alloc::ProcessHeap;
///
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let heap = ProcessHeap::follow().expect("no other `ProcessHeap` exists");
/// drop(vec![0_u8; 1000]);
/// let kept = vec![0_u8; 10];
/// assert_eq!((heap.live_bytes(), heap.peak_bytes()), (10, 1000));
/// assert_eq!((heap.live_blocks(), heap.peak_blocks()), (1, 1));
/// assert!(ProcessHeap::follow().is_none());
/// # drop(kept);
/// ```
#[derive(Debug)]
#[must_use = "it counts until it is dropped"]
pub struct ProcessHeap {
    /// Closed before another one can be created, so that the next one starts at zero.
    open: Option<Open>,
}

impl ProcessHeap {
    /// Starts counting at zero. `None` if one already exists.
    pub fn follow() -> Option<Self> {
        if TAKEN.swap(true, Ordering::Acquire) {
            return None;
        }
        SHARED.bytes.restart();
        SHARED.blocks.restart();
        let open = Some(gate::open_process());
        Some(Self { open })
    }

    /// Bytes allocated minus bytes freed since the start. Negative if more was freed than
    /// allocated, which happens with blocks from before the start.
    pub fn live_bytes(&self) -> i64 {
        SHARED.bytes.now.load(Relaxed)
    }

    /// Blocks allocated minus blocks freed since the start.
    pub fn live_blocks(&self) -> i64 {
        SHARED.blocks.now.load(Relaxed)
    }

    /// Highest live bytes since the start; at least zero.
    pub fn peak_bytes(&self) -> u64 {
        SHARED.bytes.peak.load(Relaxed).unsigned_abs()
    }

    /// Highest live blocks since the start; at least zero.
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
