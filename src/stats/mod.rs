//! Statistics of a running program: its live, peak and total heap memory. Two more statistics show
//! whether inline storage and pools help: the number of headers that were stored inline, and the
//! number of objects that came from a pool.
//!
//! ```
//! use heapmark::stats::{self, Storage, memory_stats};
//!
//! #[global_allocator]
//! static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
//!
//! // In `main`. The heap is tracked until `tracking` is dropped.
//! let tracking = stats::track().expect("heapmark's allocator is installed");
//!
//! // When a request is complete.
//! stats::count_headers(Storage::Inline, 3);
//! stats::count_headers(Storage::Heap, 1);
//!
//! let stats = memory_stats();
//! println!("Headers inline: {}", stats.headers_inline());
//! println!("Headers heap: {}", stats.headers_heap());
//! println!("Pool hit ratio: {:.2}%", stats.pool_hit_ratio() * 100.0);
//! println!("Live: {} B", stats.heap.expect("the heap is tracked").live_bytes);
//! # assert_eq!((stats.headers_inline(), stats.headers_heap()), (3, 1));
//! # drop(tracking);
//! # assert_eq!(memory_stats().heap, None);
//! ```
//!
//! To find out which code allocates, use the benchmarks or a profiler instead. Do not track the
//! heap while you measure times: each allocation then writes to counters that all threads share.

mod headers;
mod heap;

use crate::pool::of_all_pools;
pub use headers::{Storage, count_headers};
pub use heap::{Heap, TrackError, Tracking, track};

/// The memory counts of the program; returned by [`memory_stats`]. With the feature `serde`, they
/// can be serialised and deserialised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MemoryStats {
    /// The heap since [`track`] was called; `None` if it is not tracked.
    pub heap: Option<Heap>,
    /// Headers that were stored inline, as counted by [`count_headers`].
    pub headers_inline: u64,
    /// Headers that were stored on the heap, as counted by [`count_headers`].
    pub headers_heap: u64,
    /// Requests that a [`Pool`](crate::pool::Pool) of the program answered with an idle object.
    pub pool_hits: u64,
    /// Requests for which a pool created an object.
    pub pool_misses: u64,
}

impl MemoryStats {
    /// Headers that were stored inline.
    ///
    /// ```
    /// use heapmark::stats::{Storage, count_headers, memory_stats};
    ///
    /// count_headers(Storage::Inline, 8);
    /// assert_eq!(memory_stats().headers_inline(), 8);
    /// ```
    pub fn headers_inline(&self) -> u64 {
        self.headers_inline
    }

    /// Headers that were stored on the heap.
    ///
    /// ```
    /// use heapmark::stats::{Storage, count_headers, memory_stats};
    ///
    /// count_headers(Storage::Heap, 20);
    /// assert_eq!(memory_stats().headers_heap(), 20);
    /// ```
    pub fn headers_heap(&self) -> u64 {
        self.headers_heap
    }

    /// The share of requests to all pools that were hits, from 0 to 1; 0 if there was no request.
    /// Pools that were dropped count too.
    ///
    /// ```
    /// use heapmark::{pool::Pool, stats::memory_stats};
    ///
    /// let pool = Pool::new(1, String::new, String::clear);
    /// for _ in 0..2 {
    ///     drop(pool.get());
    /// }
    /// assert_eq!(memory_stats().pool_hit_ratio(), 0.5);
    /// ```
    pub fn pool_hit_ratio(&self) -> f64 {
        let requests = self.pool_hits.saturating_add(self.pool_misses);
        if requests == 0 {
            return 0.0;
        }
        self.pool_hits as f64 / requests as f64
    }
}

/// Reads all counters now. It briefly takes two locks, and allocates nothing.
///
/// ```
/// // The heap is not tracked, so there are no numbers on it.
/// assert_eq!(heapmark::stats::memory_stats().heap, None);
/// ```
pub fn memory_stats() -> MemoryStats {
    let pools = of_all_pools();
    let (headers_inline, headers_heap) = headers::counted();
    MemoryStats {
        heap: heap::now(),
        headers_inline,
        headers_heap,
        pool_hits: pools.hits,
        pool_misses: pools.misses,
    }
}
