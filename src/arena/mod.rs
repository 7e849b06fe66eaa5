//! Arenas: memory for values that are freed together, such as everything that one request needs.
//!
//! ```text
//!            ┌─────────────── chunk ───────────────┐
//!   alloc ──▶│ free ◀── │ "GET" │ "/users" │ Header │   one allocation for all of them
//!            └─────────────────────────────────────┘
//!   end of the scope: the chunk is emptied and kept for the next scope of the thread
//! ```
//!
//! [`with_arena`] lends an arena to a closure and resets it when the closure returns or panics.
//! Scopes nest: each has its own arena.
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
//! // The arena is already reset. This frees the chunks that the thread keeps for reuse.
//! reset_arena();
//! ```
//!
//! An arena never runs destructors by itself. There are therefore three methods:
//!
//! | Value | Method | Returns |
//! |---|---|---|
//! | has no destructor | [`Arena::alloc`], which requires `Copy` | `&mut T` |
//! | its destructor must run | [`Arena::alloc_boxed`] | [`Box`], which runs it when dropped |
//! | its destructor must not run | [`Arena::alloc_without_drop`] | `&mut ManuallyDrop<T>` |
//!
//! Do not use an arena for values that outlive the scope. For a single large value, an arena has no
//! advantage. An arena wraps bumpalo's [`Bump`]. To use bumpalo's collections, call
//! [`Arena::as_bump`].

mod scope;
#[cfg(test)]
mod tests;

use std::fmt;
use std::mem::ManuallyDrop;

/// The crate that implements the arena, re-exported for its collections.
pub use bumpalo;
use bumpalo::Bump;
/// Owns a value in an arena, and runs its destructor when dropped. The memory belongs to the arena.
pub use bumpalo::boxed::Box;

pub use scope::{KEPT_ARENAS, KEPT_BYTES, Reset, Scope, reset_arena, with_arena};

/// An arena that its owner resets with [`reset`](Self::reset).
///
/// It allocates nothing before the first value. It can be sent to another thread while nothing in
/// it is borrowed.
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
/// Values in an arena cannot outlive it:
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
    /// Creates an empty arena. Allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an arena with a capacity of at least `bytes` bytes, in one allocation.
    ///
    /// # Panics
    ///
    /// If the allocator is out of memory.
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
    /// If the allocator is out of memory.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// let point = arena.alloc((1, 2));
    /// point.0 += 1;
    /// assert_eq!(*point, (2, 2));
    /// ```
    ///
    /// A `String` is rejected, because its buffer would leak when the arena is reset:
    ///
    /// ```compile_fail,E0277
    /// # let arena = heapmark::arena::Arena::new();
    /// arena.alloc(String::from("never freed"));
    /// ```
    pub fn alloc<T: Copy>(&self, value: T) -> &mut T {
        self.bump.alloc(value)
    }

    /// Copies a string slice into the arena.
    ///
    /// # Panics
    ///
    /// If the allocator is out of memory.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// assert_eq!(arena.alloc_str("GET"), "GET");
    /// ```
    pub fn alloc_str(&self, text: &str) -> &mut str {
        self.bump.alloc_str(text)
    }

    /// Writes formatted text into the arena, as `format!` does on the heap.
    ///
    /// # Panics
    ///
    /// If the allocator is out of memory, or if a formatting trait implementation returns an error.
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
    /// If the allocator is out of memory.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// assert_eq!(arena.alloc_slice(&[3, 1, 2]), [3, 1, 2]);
    /// ```
    pub fn alloc_slice<T: Copy>(&self, values: &[T]) -> &mut [T] {
        self.bump.alloc_slice_copy(values)
    }

    /// Moves a value into the arena. Its destructor runs when the returned box is dropped.
    ///
    /// # Panics
    ///
    /// If the allocator is out of memory.
    ///
    /// ```
    /// # let arena = heapmark::arena::Arena::new();
    /// let name = arena.alloc_boxed(String::from("freed"));
    /// assert_eq!(*name, "freed");
    /// drop(name); // frees the buffer of the string
    /// ```
    pub fn alloc_boxed<T>(&self, value: T) -> Box<'_, T> {
        Box::new_in(value, &self.bump)
    }

    /// Moves a value into the arena without running its destructor. Memory that the value owns
    /// elsewhere, such as the buffer of a `String`, leaks unless the caller drops the value with
    /// [`ManuallyDrop::drop`].
    ///
    /// # Panics
    ///
    /// If the allocator is out of memory.
    ///
    /// ```
    /// use std::cell::Cell;
    ///
    /// # let arena = heapmark::arena::Arena::new();
    /// let count = arena.alloc_without_drop(Cell::new(0)); // not `Copy`, but nothing to drop
    /// count.set(1);
    /// assert_eq!(count.get(), 1);
    /// ```
    pub fn alloc_without_drop<T>(&self, value: T) -> &mut ManuallyDrop<T> {
        self.bump.alloc(ManuallyDrop::new(value))
    }

    /// Bytes of the capacity that are no longer available. They contain values, padding for the
    /// alignment of values, and the unused ends of earlier chunks that were too short for a value.
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

    /// Bytes that the arena has allocated for values, used or not.
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

    /// Removes all values without running their destructors. Keeps the newest chunk, which is the
    /// largest, and frees the others.
    ///
    /// ```
    /// let mut arena = heapmark::arena::Arena::new();
    /// arena.alloc_slice(&[0_u8; 100]);
    /// arena.reset();
    /// assert_eq!(arena.used(), 0);
    /// assert!(arena.capacity() >= 100);
    /// ```
    ///
    /// It does not compile while a value is still in use:
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

    /// Returns the wrapped bumpalo arena, for bumpalo's collections. Its `alloc` also accepts
    /// values with a destructor, and never runs it.
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
