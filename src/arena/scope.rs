//! A scope that has an arena to itself, and the few arenas that a thread keeps for its scopes.
//!
//! ```text
//!   Scope::enter ──takes──▶ idle arena of the thread, or a new one
//!        │ open scopes: +1
//!   dropped, by return or by panic
//!        │ open scopes: −1
//!        └──reset──▶ idle again, if it is small and few are ──otherwise──▶ freed
//! ```

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::mem;
use std::ops::Deref;

use super::Arena;

/// Most arenas that a thread keeps for scopes to come: as many as are ever nested, as a rule.
pub const KEPT_ARENAS: usize = 4;

/// Most bytes that a kept arena may hold. After a request that needed more, its arena is freed,
/// so that one spike does not stay for ever.
pub const KEPT_BYTES: usize = 1 << 20;

thread_local! {
    static THREAD: Thread = const {
        Thread {
            idle: RefCell::new(Vec::new()),
            open_scopes: Cell::new(0),
        }
    };
}

struct Thread {
    idle: RefCell<Vec<Arena>>,
    open_scopes: Cell<usize>,
}

/// An arena for the time that this guard lives; [`with_arena`] is the same as a closure.
///
/// When it is dropped, by a panic too, the arena is reset and kept for the next scope of the
/// thread, at most [`KEPT_ARENAS`] of them and none above [`KEPT_BYTES`].
///
/// ```
/// use heapmark::arena::Scope;
///
/// let request = Scope::enter();
/// let path = request.alloc_str("/users");
/// {
///     let template = Scope::enter(); // an arena of its own
///     template.alloc_str("<p>");
/// }
/// assert_eq!(path, "/users");
/// assert_eq!(request.used(), 6);
/// ```
///
/// It stays on its thread:
///
/// ```compile_fail,E0277
/// let scope = heapmark::arena::Scope::enter();
/// std::thread::spawn(move || scope.used());
/// ```
#[derive(Debug)]
#[must_use = "the arena is reset when the scope is dropped"]
pub struct Scope {
    arena: Arena,
    stays: PhantomData<*const ()>,
}

impl Scope {
    /// Takes an arena of this thread that no other scope uses, or makes one.
    pub fn enter() -> Self {
        // While the thread's own destructors run there is nothing to take from and nothing to
        // count in: the scope then makes its arena and frees it.
        let taken = THREAD.try_with(|thread| {
            thread.open_scopes.update(|open| open + 1);
            thread.idle.borrow_mut().pop()
        });
        Self {
            arena: taken.ok().flatten().unwrap_or_default(),
            stays: PhantomData,
        }
    }
}

impl Deref for Scope {
    type Target = Arena;

    fn deref(&self) -> &Arena {
        &self.arena
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        let mut arena = mem::take(&mut self.arena);
        arena.reset();
        // Where the thread's list is gone, the arena is freed with the closure.
        let _ = THREAD.try_with(move |thread| {
            thread.open_scopes.update(|open| open.saturating_sub(1));
            let mut idle = thread.idle.borrow_mut();
            if idle.len() < KEPT_ARENAS && arena.capacity() <= KEPT_BYTES {
                idle.push(arena);
            }
        });
    }
}

/// Runs `work` with an arena, and resets the arena afterwards.
///
/// # Panics
///
/// Where `work` does; the arena is reset all the same.
///
/// ```
/// use heapmark::arena::with_arena;
///
/// let total = with_arena(|outer| {
///     let first = outer.alloc_str("outer");
///     // Calls nest: the inner arena is another one.
///     let inner = with_arena(|inner| inner.alloc_str("inner").len());
///     first.len() + inner
/// });
/// assert_eq!(total, 10);
/// with_arena(|arena| assert_eq!(arena.used(), 0));
/// ```
///
/// What stands in the arena cannot leave:
///
/// ```compile_fail
/// heapmark::arena::with_arena(|arena| arena.alloc_str("escaped"));
/// ```
pub fn with_arena<R>(work: impl FnOnce(&Arena) -> R) -> R {
    work(&Scope::enter())
}

/// What came of [`reset_arena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The thread's arenas hold no memory any more.
    Done {
        /// Capacity that was given back, in bytes.
        freed_bytes: usize,
    },
    /// Nothing happened, since values may still be in use.
    Refused {
        /// Scopes of this thread that have not ended; each resets its own arena when it does.
        open_scopes: usize,
    },
}

/// Gives the memory back that this thread keeps for scopes to come. No arena needs it to be
/// reset: a scope does that when it ends. Inside a scope it does nothing and says so.
///
/// ```
/// use heapmark::arena::{Reset, reset_arena, with_arena};
///
/// with_arena(|arena| {
///     arena.alloc_str("in use");
///     assert_eq!(reset_arena(), Reset::Refused { open_scopes: 1 });
/// });
/// assert!(matches!(reset_arena(), Reset::Done { freed_bytes: 6.. }));
/// assert_eq!(reset_arena(), Reset::Done { freed_bytes: 0 });
/// ```
pub fn reset_arena() -> Reset {
    let reset = THREAD.try_with(|thread| match thread.open_scopes.get() {
        0 => {
            let idle = mem::take(&mut *thread.idle.borrow_mut());
            let freed_bytes = idle.iter().map(Arena::capacity).sum();
            Reset::Done { freed_bytes }
        }
        open_scopes => Reset::Refused { open_scopes },
    });
    // A thread that is ending keeps nothing.
    reset.unwrap_or(Reset::Done { freed_bytes: 0 })
}
