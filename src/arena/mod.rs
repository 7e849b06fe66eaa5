//! Memory for what lives and dies together, such as everything that one request needs.
//!
//! ```text
//!            ┌─────────────── chunk ───────────────┐
//!   alloc ──▶│ free ◀── │ "GET" │ "/users" │ Header │   one allocation for all of them
//!            └─────────────────────────────────────┘
//!   end of the scope: the chunk is empty again, and stays for the next scope of the thread
//! ```
//!
//! [`with_arena`] lends an arena to a closure and resets it afterwards, whether the closure
//! returned or panicked. Scopes nest: each has an arena of its own.
//!
//! ```
//! use heapmark::arena::{reset_arena, with_arena};
//!
//! let length = with_arena(|arena| {
//!     let data = arena.alloc_str("temporary data");
//!     data.len()
//! });
//! assert_eq!(length, 14);
//!
//! // The arena is reset already; this gives back the chunks that it keeps for reuse.
//! reset_arena();
//! ```
//!
//! An arena runs no destructor, so that its types do not let one be forgotten:
//!
//! | to put in | method | what is handed out |
//! |---|---|---|
//! | a value without a destructor | [`Arena::alloc`], which asks for `Copy` | `&mut T` |
//! | a value whose destructor shall run | [`Arena::alloc_boxed`] | [`Box`], which runs it when dropped |
//! | a value whose destructor shall not run | [`Arena::alloc_without_drop`] | `&mut ManuallyDrop<T>`, which says so |
//!
//! It is not for values that outlive the scope, nor for single large ones, which gain nothing.
//! An arena is bumpalo's [`Bump`], to be reached by [`Arena::as_bump`] for its collections.

mod scope;
#[cfg(test)]
mod tests;

use std::fmt;
use std::mem::ManuallyDrop;

/// The crate that does the work, for its collections.
pub use bumpalo;
use bumpalo::Bump;
/// Owns a value that stands in an arena, and runs its destructor. The memory itself is the
/// arena's.
pub use bumpalo::boxed::Box;

pub use scope::{KEPT_ARENAS, KEPT_BYTES, Reset, Scope, reset_arena, with_arena};

/// An arena that its owner resets.
///
/// It takes no memory before the first value, and may go to another thread as long as nothing
/// of it is borrowed.
///
/// ```
/// use heapmark::arena::Arena;
///
/// let mut arena = Arena::new();
/// for round in 0..3 {
///     let numbers = arena.alloc_slice(&[round; 10]);
///     numbers[0] += 1;
///     assert!(arena.used() >= 40);
///     arena.reset();
///     assert_eq!(arena.used(), 0);
/// }
/// ```
///
/// What stands in an arena does not outlive it:
///
/// ```compile_fail,E0505
/// let arena = heapmark::arena::Arena::new();
/// let text = arena.alloc_str("gone");
/// drop(arena);
/// assert_eq!(text, "gone");
/// ```
#[derive(Default)]
pub struct Arena {
    bump: Bump,
}

impl Arena {
    /// An arena without memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// An arena that has room for `bytes` bytes, by one allocation.
    ///
    /// # Panics
    ///
    /// Where the allocator has no memory.
    ///
    /// ```
    /// let arena = heapmark::arena::Arena::with_capacity(10_000);
    /// assert!(arena.capacity() >= 10_000);
    /// ```
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            bump: Bump::with_capacity(bytes),
        }
    }

    /// Moves a value without a destructor into the arena.
    ///
    /// # Panics
    ///
    /// Where the allocator has no memory.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// let point = arena.alloc((1, 2));
    /// point.0 += 1;
    /// assert_eq!(*point, (2, 2));
    /// ```
    ///
    /// A `String` would leave its buffer behind when the arena is reset:
    ///
    /// ```compile_fail,E0277
    /// # let arena = heapmark::arena::Arena::new();
    /// arena.alloc(String::from("never freed"));
    /// ```
    pub fn alloc<T: Copy>(&self, value: T) -> &mut T {
        self.bump.alloc(value)
    }

    /// Copies a text into the arena.
    ///
    /// # Panics
    ///
    /// Where the allocator has no memory.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// assert_eq!(arena.alloc_str("GET"), "GET");
    /// ```
    pub fn alloc_str(&self, text: &str) -> &mut str {
        self.bump.alloc_str(text)
    }

    /// Writes a text into the arena, as `format!` does on the heap.
    ///
    /// # Panics
    ///
    /// Where the allocator has no memory, or a value fails to format itself.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// let path = arena.alloc_format(format_args!("/users/{}", 7));
    /// assert_eq!(path, "/users/7");
    /// ```
    pub fn alloc_format(&self, text: fmt::Arguments<'_>) -> &str {
        match text.as_str() {
            Some(text) => self.alloc_str(text),
            None => bumpalo::format!(in &self.bump, "{}", text).into_bump_str(),
        }
    }

    /// Copies a slice into the arena.
    ///
    /// # Panics
    ///
    /// Where the allocator has no memory.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// assert_eq!(arena.alloc_slice(&[3, 1, 2]), [3, 1, 2]);
    /// ```
    pub fn alloc_slice<T: Copy>(&self, values: &[T]) -> &mut [T] {
        self.bump.alloc_slice_copy(values)
    }

    /// Moves a value into the arena and keeps its destructor: it runs when the box is dropped.
    ///
    /// # Panics
    ///
    /// Where the allocator has no memory.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// let name = arena.alloc_boxed(String::from("freed"));
    /// assert_eq!(*name, "freed");
    /// drop(name); // here the buffer of the string is freed
    /// ```
    pub fn alloc_boxed<T>(&self, value: T) -> Box<'_, T> {
        Box::new_in(value, &self.bump)
    }

    /// Moves a value into the arena and gives up its destructor: what the value owns elsewhere,
    /// as the buffer of a `String`, leaks unless the caller drops it by hand.
    ///
    /// # Panics
    ///
    /// Where the allocator has no memory.
    ///
    /// ```
    /// use std::cell::Cell;
    ///
    /// # let arena = heapmark::arena::Arena::new();
    /// let count = arena.alloc_without_drop(Cell::new(0)); // nothing to drop, yet not `Copy`
    /// count.set(1);
    /// assert_eq!(count.get(), 1);
    /// ```
    pub fn alloc_without_drop<T>(&self, value: T) -> &mut ManuallyDrop<T> {
        self.bump.alloc(ManuallyDrop::new(value))
    }

    /// Bytes of the capacity that are taken: by values, by their alignment, and by the ends of
    /// earlier chunks that were too short for a value.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// assert_eq!(arena.used(), 0);
    /// arena.alloc_str("hello");
    /// assert_eq!(arena.used(), 5);
    /// ```
    pub fn used(&self) -> usize {
        self.capacity().saturating_sub(self.bump.chunk_capacity())
    }

    /// Bytes that the arena has taken from the allocator for values, used or not.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// assert_eq!(arena.capacity(), 0);
    /// arena.alloc(1_u8);
    /// assert!(arena.capacity() > 1);
    /// ```
    pub fn capacity(&self) -> usize {
        self.bump.allocated_bytes()
    }

    /// Forgets all values without running a destructor, keeps the newest chunk, which is the
    /// largest, and gives the others back.
    ///
    /// ```
    /// let mut arena = heapmark::arena::Arena::new();
    /// arena.alloc_slice(&[0_u8; 100]);
    /// arena.reset();
    /// assert_eq!(arena.used(), 0);
    /// assert!(arena.capacity() >= 100);
    /// ```
    ///
    /// The compiler refuses while a value is in use:
    ///
    /// ```compile_fail,E0502
    /// let mut arena = heapmark::arena::Arena::new();
    /// let text = arena.alloc_str("still needed");
    /// arena.reset();
    /// assert_eq!(text, "still needed");
    /// ```
    pub fn reset(&mut self) {
        self.bump.reset();
    }

    /// bumpalo's arena, for its collections. Its own `alloc` takes values with a destructor as
    /// well, and never runs it.
    ///
    /// ```
    /// use heapmark::arena::{bumpalo::collections::Vec, with_arena};
    ///
    /// let sum: u32 = with_arena(|arena| {
    ///     let mut numbers = Vec::new_in(arena.as_bump());
    ///     numbers.extend([1, 2, 3]);
    ///     numbers.iter().sum()
    /// });
    /// assert_eq!(sum, 6);
    /// ```
    pub fn as_bump(&self) -> &Bump {
        &self.bump
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena")
            .field("used", &self.used())
            .field("capacity", &self.capacity())
            .finish()
    }
}
