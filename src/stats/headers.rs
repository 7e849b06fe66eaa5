//! Counts headers of requests and responses by where they are stored.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static INLINE: AtomicU64 = AtomicU64::new(0);
static HEAP: AtomicU64 = AtomicU64::new(0);

/// Where a list of headers is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Inside the value that owns the list, as a short `SmallVec` is.
    Inline,
    /// In a separate heap block.
    Heap,
}

/// Counts the `headers` headers of one list. Call it when the list is complete: a list that exceeds
/// its inline capacity moves to the heap as a whole.
///
/// ```
/// use heapmark::stats::{Storage, count_headers, memory_stats};
///
/// // With smallvec, `spilled` is the result of `SmallVec::spilled`.
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

/// The numbers of inline and of heap headers, in this order.
pub(super) fn counted() -> (u64, u64) {
    (INLINE.load(Relaxed), HEAP.load(Relaxed))
}
