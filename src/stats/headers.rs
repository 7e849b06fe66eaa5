//! Headers of requests and responses, by where they were stored.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static INLINE: AtomicU64 = AtomicU64::new(0);
static HEAP: AtomicU64 = AtomicU64::new(0);

/// Where a list of headers ended up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Within the value that owns the list, as a `SmallVec` keeps few items.
    Inline,
    /// In a block of its own.
    Heap,
}

/// Counts `headers` headers of one list, once the list is complete: one that grew out of its
/// inline room is on the heap as a whole.
///
/// ```
/// use heapmark::stats::{Storage, count_headers, memory_stats};
///
/// // With smallvec, `spilled` is the list's own answer.
/// # let (spilled, length) = (false, 3);
/// count_headers(if spilled { Storage::Heap } else { Storage::Inline }, length);
/// assert_eq!(memory_stats().headers_inline(), 3);
/// assert_eq!(memory_stats().headers_heap(), 0);
/// ```
pub fn count_headers(storage: Storage, headers: usize) {
    let counter = match storage {
        Storage::Inline => &INLINE,
        Storage::Heap => &HEAP,
    };
    counter.fetch_add(headers as u64, Relaxed);
}

/// Inline first.
pub(super) fn counted() -> (u64, u64) {
    (INLINE.load(Relaxed), HEAP.load(Relaxed))
}
