//! The heap of the process, as heapmark's allocator counts it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::alloc::{INSTALL_HINT, ProcessHeap, Totals, is_installed};

/// Bytes and blocks since [`track`] was called, over all threads. Bytes are requested sizes,
/// without the allocator's overhead.
///
/// The fields are read one after the other. If other threads allocate meanwhile, a later field may
/// include a few events that an earlier one does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Heap {
    /// Bytes allocated minus bytes freed. Negative if more was freed than allocated, which happens
    /// with blocks from before the tracking began.
    pub live_bytes: i64,
    /// Blocks allocated minus blocks freed. May be negative, like `live_bytes`.
    pub live_blocks: i64,
    /// The highest value of `live_bytes` so far; at least zero.
    pub peak_bytes: u64,
    /// The highest value of `live_blocks` so far; at least zero.
    pub peak_blocks: u64,
    /// Bytes of all new blocks plus the growth of resized blocks, freed or not.
    pub total_bytes: u64,
    /// Number of new blocks, freed or not. Resizing a block does not count.
    pub total_blocks: u64,
}

/// Why the heap cannot be tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrackError {
    /// heapmark's allocator is not the program's global allocator, so nothing would be counted.
    NotInstalled,
    /// Another [`Tracking`] exists. Only one may exist at a time.
    AlreadyTracked,
}

impl fmt::Display for TrackError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => write!(
                out,
                "cannot track the heap: heapmark's allocator is not installed; \
                 add to the program:\n{INSTALL_HINT}"
            ),
            Self::AlreadyTracked => out.write_str(
                "the heap is already tracked; read it with `heapmark::stats::memory_stats()`",
            ),
        }
    }
}

impl std::error::Error for TrackError {}

/// Tracks the heap until this guard is dropped.
#[derive(Debug)]
#[must_use = "the heap is tracked until this is dropped"]
pub struct Tracking(());

struct Current {
    process: ProcessHeap,
    at_start: Totals,
}

static CURRENT: Mutex<Option<Current>> = Mutex::new(None);

/// Starts to count the heap of the process, for [`memory_stats`](super::memory_stats) and
/// [`Tracking::heap`].
///
/// # Errors
///
/// - [`TrackError::NotInstalled`] if heapmark's allocator is not the program's global allocator.
/// - [`TrackError::AlreadyTracked`] if the heap is already tracked.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let tracking = heapmark::stats::track()?;
/// drop(vec![0_u8; 1_000]);
/// let kept = vec![0_u8; 10];
/// let heap = tracking.heap();
/// assert_eq!((heap.live_bytes, heap.peak_bytes, heap.total_bytes), (10, 1_000, 1_010));
/// assert_eq!((heap.live_blocks, heap.peak_blocks, heap.total_blocks), (1, 1, 2));
/// # drop(kept);
/// # Ok::<(), heapmark::stats::TrackError>(())
/// ```
///
/// Without heapmark's allocator it returns an error:
///
/// ```
/// use heapmark::stats::{TrackError, track};
///
/// assert_eq!(track().err(), Some(TrackError::NotInstalled));
/// ```
pub fn track() -> Result<Tracking, TrackError> {
    if !is_installed() {
        return Err(TrackError::NotInstalled);
    }
    let mut current = current();
    let process = ProcessHeap::follow().ok_or(TrackError::AlreadyTracked)?;
    *current = Some(Current {
        process,
        at_start: Totals::of_process(),
    });
    Ok(Tracking(()))
}

impl Tracking {
    /// The counts now.
    pub fn heap(&self) -> Heap {
        now().unwrap_or_default()
    }
}

impl Drop for Tracking {
    fn drop(&mut self) {
        *current() = None;
    }
}

/// The heap since the tracking began; `None` if it is not tracked.
pub(super) fn now() -> Option<Heap> {
    let current = current();
    let Current { process, at_start } = current.as_ref()?;
    let totals = Totals::of_process() - *at_start;
    Some(Heap {
        live_bytes: process.live_bytes(),
        live_blocks: process.live_blocks(),
        peak_bytes: process.peak_bytes(),
        peak_blocks: process.peak_blocks(),
        total_bytes: totals.bytes,
        total_blocks: totals.allocs,
    })
}

fn current() -> MutexGuard<'static, Option<Current>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner)
}
