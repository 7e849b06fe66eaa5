//! The heap of the whole program in a few numbers, and whether arenas and pools help: how many
//! headers stood inline, how many objects came from a pool.
//!
//! ```
//! use heapmark::stats::{self, Storage, memory_stats};
//!
//! #[global_allocator]
//! static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
//!
//! // In `main`, for as long as the numbers are wanted.
//! let tracking = stats::track().expect("heapmark's allocator is installed");
//!
//! // Where a request is complete.
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
//! It is not for finding what allocates, which the benchmarks and a profiler tell, nor for a
//! program that is being timed: while tracking, each allocation writes to counters that all
//! threads share.

mod headers;
mod heap;

use crate::pool::of_all_pools;
pub use headers::{Storage, count_headers};
pub use heap::{Heap, TrackError, Tracking, track};

/// The state of the program's memory: plain numbers, to be written by any serde format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MemoryStats {
    /// The heap since [`track`] was called; `None` while nobody tracks it.
    pub heap: Option<Heap>,
    /// Headers that stood inline, as told to [`count_headers`].
    pub headers_inline: u64,
    /// Headers that stood on the heap.
    pub headers_heap: u64,
    /// Requests that a [`Pool`](crate::pool::Pool) of the program answered with an object that
    /// waited.
    pub pool_hits: u64,
    /// Requests for which a pool had to make an object.
    pub pool_misses: u64,
}

impl MemoryStats {
    /// Headers that stood inline.
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

    /// Headers that stood on the heap.
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

    /// Hits among all requests to all pools of the program, ended ones too, from 0 to 1; 0 where
    /// there was no request.
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

/// Reads every counter now. Takes two locks for a moment, and allocates nothing.
///
/// ```
/// // Nobody tracks the heap, so that nothing is claimed of it.
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
