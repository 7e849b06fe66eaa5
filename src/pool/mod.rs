//! Objects that are costly to make, handed out again and again.
//!
//! ```text
//!           hit: the last one back                    reset, then measured
//!  shelf ────────────────────────▶ Pooled ──dropped──────────────────────▶ shelf
//!           miss: init makes one     │  └──by a panic, or reset panics──▶ object dropped
//!                                    └──shelf full in objects or bytes──▶ object dropped
//! ```
//!
//! ```
//! use heapmark::pool::Pool;
//!
//! // At most 100 buffers wait, and at most 1 MiB of them.
//! let pool = Pool::new(100, || Vec::with_capacity(4096), Vec::<u8>::clear)
//!     .with_retained_bytes(1 << 20, Vec::capacity);
//!
//! let mut body = pool.get();
//! body.extend_from_slice(b"hello");
//! drop(body); // goes back, cleared; `pool.put(body)` is the same in words
//!
//! let body = pool.get();
//! assert!(body.is_empty());
//! assert_eq!(body.capacity(), 4096);
//! assert_eq!((pool.stats().hits, pool.stats().misses), (1, 1));
//! ```
//!
//! Handlers on other threads share a pool as a `static`, or by an `Arc`:
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
//! It is not for objects that are cheap to make, where the lock costs more than the allocation,
//! nor for limiting how many exist: a pool that is empty makes another.

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

/// A pool of `T`, to be shared between threads where `T` is `Send`.
pub struct Pool<T> {
    shelf: Shelf<T>,
    bound: Bound,
    init: Box<dyn Fn() -> T + Send + Sync>,
    reset: Box<dyn Fn(&mut T) + Send + Sync>,
    /// Bytes that an object owns beside its own size.
    owned: Box<dyn Fn(&T) -> usize + Send + Sync>,
    tally: tally::Tally,
}

/// What a pool has done, and what it holds; see [`Pool::stats`].
///
/// Where no thread is inside the pool, every object is somewhere:
/// `misses == outstanding + retained + discarded`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Stats {
    /// Requests that got an object which waited.
    pub hits: u64,
    /// Requests that had one made.
    pub misses: u64,
    /// Objects that are away now.
    pub outstanding: usize,
    /// Objects that wait now.
    pub retained: usize,
    /// Bytes of the objects that wait: their own size, and what the measure of
    /// [`Pool::with_retained_bytes`] said that they own, when they came back.
    pub retained_bytes: usize,
    /// Objects that did not come back to stay: there was no room, a panic, they were taken out by
    /// [`Pooled::into_inner`] or dropped by [`Pool::clear`].
    pub discarded: u64,
}

impl Stats {
    /// Hits among all requests, from 0 to 1; 0 where there was no request.
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
    /// An empty pool, of which at most `capacity` objects wait at a time.
    ///
    /// `init` makes an object when none waits. `reset` makes one that comes back like new; it is
    /// no option, since whoever gets the object next would read what the last user wrote. To
    /// shrink what grew, clear first: `|buffer| { buffer.clear(); buffer.shrink_to(4096) }`.
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

    /// Lets at most `most` bytes wait, by the size of `T` and what `owned` says that an object
    /// owns elsewhere, as `Vec::capacity` does of bytes. What would exceed it is dropped, so that
    /// a spike, or one huge object, does not stay for ever.
    ///
    /// ```
    /// let pool = heapmark::pool::Pool::new(100, Vec::new, Vec::<u8>::clear)
    ///     .with_retained_bytes(10_000, Vec::capacity);
    /// pool.get().reserve_exact(50_000);
    /// assert_eq!(pool.stats().retained_bytes, 0);
    /// pool.get().reserve_exact(5_000);
    /// assert_eq!(pool.stats().retained_bytes, 5_000 + size_of::<Vec<u8>>());
    /// ```
    #[must_use = "the bound belongs to the pool that is returned"]
    pub fn with_retained_bytes(
        mut self,
        most: usize,
        owned: impl Fn(&T) -> usize + Send + Sync + 'static,
    ) -> Self {
        self.bound.bytes = most;
        self.owned = Box::new(owned);
        self
    }

    /// The object that came back last, or a new one.
    ///
    /// # Panics
    ///
    /// Where `init` does; the pool is none the worse for it.
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

    /// Gives an object back before its guard would. One of another pool goes to that pool.
    ///
    /// # Panics
    ///
    /// Where `reset` or the measure does; the object is dropped.
    pub fn put(&self, object: Pooled<'_, T>) {
        drop(object);
    }

    /// Drops the objects that wait.
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

    /// The most objects that wait at a time.
    ///
    /// ```
    /// let pool = heapmark::pool::Pool::new(4, String::new, String::clear);
    /// assert_eq!(pool.capacity(), 4);
    /// ```
    pub fn capacity(&self) -> usize {
        self.bound.objects
    }

    /// What the pool has done so far, and what it holds now.
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
        // No room is no fault: what is handed back is dropped here, outside the lock.
        drop(self.shelf.put(object, bytes, self.bound));
    }
}

/// Counts an object as lost where its way is cut short by a panic.
struct Away<'a, T>(&'a Shelf<T>);

impl<T> Away<'_, T> {
    /// It is where it should be.
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
