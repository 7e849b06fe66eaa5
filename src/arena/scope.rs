//! Scopes, each with its own arena, and the few arenas that a thread keeps for later scopes.
//!
//! ```text
//!   Scope::enter ──takes──▶ idle arena of the thread, or a new one
//!        │ open scopes: +1
//!   dropped, by return or by panic
//!        │ open scopes: −1
//!        └──reset──▶ idle again, if it is small and few are idle ──otherwise──▶ freed
//! ```

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::mem;
use std::ops::Deref;

use super::Arena;

/// Maximum number of arenas that a thread keeps for later scopes. Scopes are rarely nested deeper.
pub const KEPT_ARENAS: usize = 4;

/// Maximum capacity of an arena that a thread keeps, in bytes. A larger arena is freed when its
/// scope ends, so that one spike does not hold memory permanently.
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

/// A guard that has its own arena until it is dropped. [`with_arena`] does the same with a closure.
///
/// When the guard is dropped, also by a panic, the arena is reset and kept for the next scope of
/// the thread. A thread keeps at most [`KEPT_ARENAS`] arenas, none larger than [`KEPT_BYTES`]; any
/// other arena is freed.
///
/// ```
/// use heapmark::arena::Scope;
///
/// let request = Scope::enter();
/// let path = request.alloc_str("/users");
/// {
///     let template = Scope::enter(); // a separate arena
///     template.alloc_str("<p>");
/// }
/// assert_eq!(path, "/users");
/// assert_eq!(request.used(), 6);
/// ```
///
/// It cannot be sent to another thread:
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
    /// Takes an idle arena of this thread, or creates one.
    pub fn enter() -> Self {
        // While the thread's destructors run, its list of arenas may be gone. The scope then
        // creates an arena and frees it at its end.
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
        // If the thread's list is gone, the arena is freed with the closure.
        let _ = THREAD.try_with(move |thread| {
            thread.open_scopes.update(|open| open.saturating_sub(1));
            let mut idle = thread.idle.borrow_mut();
            if idle.len() < KEPT_ARENAS && arena.capacity() <= KEPT_BYTES {
                idle.push(arena);
            }
        });
    }
}

/// Runs `work` with an arena, resets the arena and returns the result of `work`.
///
/// # Panics
///
/// If `work` panics; the arena is reset in this case too.
///
/// ```
/// use heapmark::arena::with_arena;
///
/// let total = with_arena(|outer| {
///     let first = outer.alloc_str("outer");
///     // Calls nest: the inner call has its own arena.
///     let inner = with_arena(|inner| inner.alloc_str("inner").len());
///     first.len() + inner
/// });
/// assert_eq!(total, 10);
/// with_arena(|arena| assert_eq!(arena.used(), 0));
/// ```
///
/// Values in the arena cannot leave the closure:
///
/// ```compile_fail
/// heapmark::arena::with_arena(|arena| arena.alloc_str("escaped"));
/// ```
pub fn with_arena<R>(work: impl FnOnce(&Arena) -> R) -> R {
    work(&Scope::enter())
}

/// The result of [`reset_arena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The arenas were freed. The thread keeps no memory for later scopes.
    Done {
        /// The freed capacity, in bytes.
        freed_bytes: usize,
    },
    /// Nothing was freed, because values may still be in use.
    Refused {
        /// Number of scopes of this thread that have not ended. Each resets its arena when it ends.
        open_scopes: usize,
    },
}

/// Frees the arenas that this thread keeps for later scopes.
///
/// Calling it is optional, because a scope resets its arena when it ends. If a scope of this thread
/// is open, it frees nothing and returns [`Reset::Refused`].
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
    // An ending thread keeps no arenas.
    reset.unwrap_or(Reset::Done { freed_bytes: 0 })
}
