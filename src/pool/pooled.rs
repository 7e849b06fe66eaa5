//! An object that is away from its pool.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::Pool;

/// An object of a pool; goes back when it is dropped.
///
/// It goes to other threads where its object does. Where the thread panics, the object is
/// dropped: nobody knows what state it was left in.
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
/// It does not outlive the pool:
///
/// ```compile_fail,E0505
/// let pool = heapmark::pool::Pool::new(4, String::new, String::clear);
/// let text = pool.get();
/// drop(pool);
/// assert_eq!(*text, "");
/// ```
#[must_use = "the object goes back to the pool when this is dropped"]
pub struct Pooled<'pool, T> {
    pool: &'pool Pool<T>,
    /// Empty only while it is taken apart.
    object: Option<T>,
}

impl<'pool, T> Pooled<'pool, T> {
    pub(super) fn new(pool: &'pool Pool<T>, object: T) -> Self {
        Self {
            pool,
            object: Some(object),
        }
    }

    /// Keeps the object for good: the pool counts it as discarded, and makes another when it
    /// runs out.
    ///
    /// ```
    /// # let pool = heapmark::pool::Pool::new(4, String::new, String::clear);
    /// let text: String = pool.get().into_inner();
    /// assert_eq!(pool.stats().outstanding, 0);
    /// assert_eq!(pool.stats().discarded, 1);
    /// # drop(text);
    /// ```
    #[must_use = "an object that is dropped here could have gone back to the pool"]
    pub fn into_inner(mut self) -> T {
        let object = self.object.take().expect(PRESENT);
        self.pool.shelf.give_up();
        object
    }
}

/// Both who take the object out own the guard, so that nobody asks it for the object again.
const PRESENT: &str = "the object is there until the guard is taken apart";

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
