//! The shared state of a pool: the idle objects, and the number of objects in use.
//!
//! There is one lock, and no code of the user runs under it: objects are created, reset, measured
//! and dropped outside. `tests/interleavings` compiles this file with loom's mutex; therefore
//! `Mutex` comes from the parent module.

use std::sync::PoisonError;

use super::Mutex;

/// Idle objects in the order of their return. The last one is handed out first, because it is most
/// likely still in the processor's caches.
pub struct Shelf<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    waiting: Vec<Waiting<T>>,
    level: Level,
}

struct Waiting<T> {
    object: T,
    bytes: usize,
}

/// The limits on idle objects.
#[derive(Clone, Copy)]
pub struct Bound {
    pub objects: usize,
    pub bytes: usize,
}

/// The numbers of idle, used and discarded objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// Idle objects.
    pub waiting: usize,
    /// Their bytes, as measured when they were returned.
    pub waiting_bytes: usize,
    /// Objects in use.
    pub away: usize,
    /// Objects that left the pool.
    pub discarded: u64,
}

impl<T> Shelf<T> {
    pub fn new() -> Self {
        Self {
            state: Mutex::new(State {
                waiting: Vec::new(),
                level: Level::default(),
            }),
        }
    }

    /// Takes the object that was returned last. If the result is `None`, the caller creates one; in
    /// both cases one more object counts as in use. `is_hit` is called under the lock, and must
    /// only count.
    pub fn take(&self, is_hit: impl FnOnce(bool)) -> Option<T> {
        self.locked(|state| {
            state.level.away += 1;
            is_hit(!state.waiting.is_empty());
            let Waiting { object, bytes } = state.waiting.pop()?;
            state.level.waiting_bytes -= bytes;
            Some(object)
        })
    }

    /// Takes back an object of `bytes` bytes. Returns it to the caller if it would exceed a limit.
    pub fn put(&self, object: T, bytes: usize, bound: Bound) -> Option<T> {
        self.locked(|state| {
            state.level.away -= 1;
            let waiting_bytes = state.level.waiting_bytes.saturating_add(bytes);
            if state.waiting.len() >= bound.objects || waiting_bytes > bound.bytes {
                state.level.discarded += 1;
                return Some(object);
            }
            state.level.waiting_bytes = waiting_bytes;
            state.waiting.push(Waiting { object, bytes });
            None
        })
    }

    /// Counts an object in use as discarded.
    pub fn give_up(&self) {
        self.locked(|state| {
            state.level.away -= 1;
            state.level.discarded += 1;
        });
    }

    /// Removes all idle objects and returns them, to be dropped outside the lock.
    pub fn clear(&self) -> impl Sized {
        self.locked(|state| {
            state.level.discarded += state.waiting.len() as u64;
            state.level.waiting_bytes = 0;
            std::mem::take(&mut state.waiting)
        })
    }

    pub fn level(&self) -> Level {
        self.locked(|state| Level {
            waiting: state.waiting.len(),
            ..state.level
        })
    }

    fn locked<R>(&self, work: impl FnOnce(&mut State<T>) -> R) -> R {
        // Nothing under the lock panics, so even a poisoned state is consistent.
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
