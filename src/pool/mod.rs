//! Object pools: objects that are expensive to create are reused. The shelf in this diagram holds
//! the idle objects:
//!
//! ```text
//!           hit: last returned object                 reset, then measured
//!  shelf ────────────────────────▶ Pooled ──dropped──────────────────────▶ shelf
//!           miss: init creates one   │  └──by a panic, or reset panics──▶ object dropped
//!                                    └──shelf full in objects or bytes──▶ object dropped
//! ```
//!
//! ```
//! use heapmark::pool::Pool;
//!
//! // Keeps at most 100 idle buffers, and at most 1 MiB in total.
//! let pool = Pool::new(100, || Vec::with_capacity(4096), Vec::<u8>::clear)
//!     .with_retained_bytes(1 << 20, Vec::capacity);
//!
//! let mut body = pool.get();
//! body.extend_from_slice(b"hello");
//! drop(body); // clears the buffer and returns it; `pool.put(body)` does the same
//!
//! let body = pool.get();
//! assert!(body.is_empty());
//! assert_eq!(body.capacity(), 4096);
//! assert_eq!((pool.stats().hits, pool.stats().misses), (1, 1));
//! ```
//!
//! Threads share a pool as a `static` or in an `Arc`:
//!
//! ```
//! use std::sync::LazyLock;
//! use heapmark::pool::Pool;
//!
//! static BUFFERS: LazyLock<Pool<String>> =
//!     LazyLock::new(|| Pool::new(32, String::new, String::clear));
//!
//! std::thread::spawn(|| BUFFERS.get().push_str("anywhere")).join().unwrap();
//! assert_eq!(BUFFERS.stats().retained, 1);
//! ```
//!
//! Do not use a pool for objects that are cheap to create, because its lock costs more than an
//! allocation. A pool limits only idle objects, not objects in use: if none is idle, it creates
//! another one.

mod pooled;
mod shelf;
mod tally;
#[cfg(test)]
mod tests;

use std::fmt;
use std::mem;
use std::sync::Mutex;
use std::thread;

pub use pooled::Pooled;
use shelf::{Bound, Shelf};
pub(super) use tally::{Answers, of_all_pools};

/// A pool of `T`. Threads can share it if `T` is `Send`.
pub struct Pool<T> {
    shelf: Shelf<T>,
    bound: Bound,
    init: Box<dyn Fn() -> T + Send + Sync>,
    reset: Box<dyn Fn(&mut T) + Send + Sync>,
    /// Bytes that an object owns in addition to its own size.
    owned: Box<dyn Fn(&T) -> usize + Send + Sync>,
    tally: tally::Tally,
}

/// The counts of a pool; see [`Pool::stats`].
///
/// While no thread is calling the pool, `misses == outstanding + retained + discarded`: every
/// object that was created is in use, idle or discarded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Stats {
    /// Requests that were answered with an idle object.
    pub hits: u64,
    /// Requests for which an object was created.
    pub misses: u64,
    /// Objects that are in use now.
    pub outstanding: usize,
    /// Objects that are idle in the pool now.
    pub retained: usize,
    /// Bytes of the idle objects: their own size, plus the bytes that the measure of
    /// [`Pool::with_retained_bytes`] returned for them when they were returned to the pool.
    pub retained_bytes: usize,
    /// Objects that left the pool, because it was full, because of a panic, or through
    /// [`Pooled::into_inner`] or [`Pool::clear`].
    pub discarded: u64,
}

impl Stats {
    /// The share of requests that were hits, from 0 to 1; 0 if there was no request.
    ///
    /// ```
    /// let pool = heapmark::pool::Pool::new(4, String::new, String::clear);
    /// for _ in 0..4 {
    ///     drop(pool.get());
    /// }
    /// assert_eq!(pool.stats().hit_ratio(), 0.75);
    /// ```
    pub fn hit_ratio(&self) -> f64 {
        let Self { hits, misses, .. } = *self;
        Answers { hits, misses }.hit_ratio()
    }
}

impl<T> Pool<T> {
    /// Creates an empty pool that keeps at most `capacity` idle objects.
    ///
    /// `init` creates an object if none is idle. `reset` is called for every returned object and
    /// must clear it; otherwise the next user reads what the previous one wrote. To shrink an
    /// object that grew, clear it first: `|buffer| { buffer.clear(); buffer.shrink_to(4096) }`.
    ///
    /// ```
    /// #[derive(Default)]
    /// struct Request {
    ///     path: String,
    /// }
    ///
    /// let pool = heapmark::pool::Pool::new(100, Request::default, |request| request.path.clear());
    /// let request = pool.get();
    /// assert_eq!(request.path, "");
    /// pool.put(request);
    /// ```
    pub fn new(
        capacity: usize,
        init: impl Fn() -> T + Send + Sync + 'static,
        reset: impl Fn(&mut T) + Send + Sync + 'static,
    ) -> Self {
        Self {
            shelf: Shelf::new(),
            bound: Bound {
                objects: capacity,
                bytes: usize::MAX,
            },
            init: Box::new(init),
            reset: Box::new(reset),
            owned: Box::new(|_| 0),
            tally: tally::Tally::register(),
        }
    }

    /// Limits the idle objects to `most` bytes in total. A returned object that would exceed the
    /// limit is dropped, so that a spike, or one huge object, does not hold memory permanently.
    ///
    /// The size of an object is `size_of::<T>()` plus the bytes that `owned` returns, such as
    /// `Vec::capacity` for a vector of bytes.
    ///
    /// ```
    /// let pool = heapmark::pool::Pool::new(100, Vec::new, Vec::<u8>::clear)
    ///     .with_retained_bytes(10_000, Vec::capacity);
    /// pool.get().reserve_exact(50_000);
    /// assert_eq!(pool.stats().retained_bytes, 0);
    /// pool.get().reserve_exact(5_000);
    /// assert_eq!(pool.stats().retained_bytes, 5_000 + size_of::<Vec<u8>>());
    /// ```
    #[must_use = "the limit applies to the returned pool"]
    pub fn with_retained_bytes(
        mut self,
        most: usize,
        owned: impl Fn(&T) -> usize + Send + Sync + 'static,
    ) -> Self {
        self.bound.bytes = most;
        self.owned = Box::new(owned);
        self
    }

    /// Takes the most recently returned object, or creates one if none is idle.
    ///
    /// # Panics
    ///
    /// If `init` panics; the pool remains usable.
    pub fn get(&self) -> Pooled<'_, T> {
        let waiting = self.shelf.take(|is_hit| self.tally.count(is_hit));
        let object = waiting.unwrap_or_else(|| {
            let away = Away(&self.shelf);
            let made = (self.init)();
            away.settled();
            made
        });
        Pooled::new(self, object)
    }

    /// Returns an object to the pool from which it was taken, even if that is another pool. This is
    /// the same as dropping the object.
    ///
    /// # Panics
    ///
    /// If `reset` or the measure of [`with_retained_bytes`](Self::with_retained_bytes) panics; the
    /// object is dropped.
    pub fn put(&self, object: Pooled<'_, T>) {
        drop(object);
    }

    /// Drops all idle objects.
    ///
    /// ```
    /// let pool = heapmark::pool::Pool::new(4, String::new, String::clear);
    /// drop(pool.get());
    /// assert_eq!(pool.stats().retained, 1);
    /// pool.clear();
    /// assert_eq!(pool.stats().retained, 0);
    /// ```
    pub fn clear(&self) {
        drop(self.shelf.clear());
    }

    /// The maximum number of idle objects.
    ///
    /// ```
    /// let pool = heapmark::pool::Pool::new(4, String::new, String::clear);
    /// assert_eq!(pool.capacity(), 4);
    /// ```
    pub fn capacity(&self) -> usize {
        self.bound.objects
    }

    /// The counts of the pool: hits and misses so far, and the objects in it now.
    ///
    /// ```
    /// use heapmark::pool::Pool;
    ///
    /// let pool = Pool::new(4, || 0_u64, |number| *number = 0);
    /// let _away = pool.get();
    /// drop(pool.get());
    /// let stats = pool.stats();
    /// assert_eq!((stats.misses, stats.outstanding), (2, 1));
    /// assert_eq!((stats.retained, stats.retained_bytes), (1, 8));
    /// ```
    pub fn stats(&self) -> Stats {
        let Answers { hits, misses } = self.tally.answers();
        let level = self.shelf.level();
        Stats {
            hits,
            misses,
            outstanding: level.away,
            retained: level.waiting,
            retained_bytes: level.waiting_bytes,
            discarded: level.discarded,
        }
    }

    fn take_back(&self, mut object: T) {
        let away = Away(&self.shelf);
        if thread::panicking() {
            return;
        }
        (self.reset)(&mut object);
        let bytes = size_of::<T>().saturating_add((self.owned)(&object));
        away.settled();
        // A full pool is not an error: the rejected object is dropped here, outside the lock.
        drop(self.shelf.put(object, bytes, self.bound));
    }
}

/// Counts an object as discarded if a panic interrupts its creation or its return.
struct Away<'a, T>(&'a Shelf<T>);

impl<T> Away<'_, T> {
    /// The creation or return succeeded.
    fn settled(self) {
        mem::forget(self);
    }
}

impl<T> Drop for Away<'_, T> {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

impl<T> fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("capacity", &self.capacity())
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
