//! The guard of an object in use.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::Pool;

/// An object from a pool. It returns to the pool when this guard is dropped.
///
/// It can be sent to another thread if the object can. If it is dropped during a panic, the object
/// is dropped too, because its state is unknown.
///
/// ```
/// use heapmark::pool::Pool;
///
/// let pool = Pool::new(4, String::new, String::clear);
/// let mut text = pool.get();
/// text.push_str("used like a String");
/// drop(text);
/// assert_eq!(*pool.get(), "");
/// ```
///
/// It cannot outlive the pool:
///
/// ```compile_fail,E0505
/// let pool = heapmark::pool::Pool::new(4, String::new, String::clear);
/// let text = pool.get();
/// drop(pool);
/// assert_eq!(*text, "");
/// ```
#[must_use = "the object returns to the pool when this is dropped"]
pub struct Pooled<'pool, T> {
    pool: &'pool Pool<T>,
    /// `None` only while the guard is being consumed.
    object: Option<T>,
}

impl<'pool, T> Pooled<'pool, T> {
    pub(super) fn new(pool: &'pool Pool<T>, object: T) -> Self {
        Self {
            pool,
            object: Some(object),
        }
    }

    /// Takes the object out of the pool permanently. The pool counts it as discarded.
    ///
    /// ```
    /// # let pool = heapmark::pool::Pool::new(4, String::new, String::clear);
    /// let text: String = pool.get().into_inner();
    /// assert_eq!(pool.stats().outstanding, 0);
    /// assert_eq!(pool.stats().discarded, 1);
    /// # drop(text);
    /// ```
    #[must_use = "to return the object to the pool, drop the guard instead"]
    pub fn into_inner(mut self) -> T {
        let object = self.object.take().expect(PRESENT);
        self.pool.shelf.give_up();
        object
    }
}

/// Only `into_inner` and `drop` take the object, and both consume the guard.
const PRESENT: &str = "a pooled object is present until its guard is consumed";

impl<T> Deref for Pooled<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.object.as_ref().expect(PRESENT)
    }
}

impl<T> DerefMut for Pooled<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.object.as_mut().expect(PRESENT)
    }
}

impl<T> Drop for Pooled<'_, T> {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            self.pool.take_back(object);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Pooled<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pooled").field(&self.object).finish()
    }
}
