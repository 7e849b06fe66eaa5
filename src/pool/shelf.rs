//! What the threads that use a pool share: the objects that wait, and how many are away.
//!
//! One lock, and no code of anybody else runs under it: an object is made, reset, measured and
//! dropped outside. `tests/interleavings` compiles this very file against loom's mutex, which is
//! why it takes `Mutex` from its parent.

use std::sync::PoisonError;

use super::Mutex;

/// Objects in the order of their return: the last is the first to go, since the caches know it.
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

/// The most that may wait.
#[derive(Clone, Copy)]
pub struct Bound {
    pub objects: usize,
    pub bytes: usize,
}

/// Where the objects are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// Objects that wait.
    pub waiting: usize,
    /// Their bytes, as they were measured at their return.
    pub waiting_bytes: usize,
    /// Objects that are away.
    pub away: usize,
    /// Objects that did not come back to stay.
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

    /// The object that came last. With `None` the caller makes one; either way one more is away.
    /// `is_hit` is called under the lock, and must not do more than count.
    pub fn take(&self, is_hit: impl FnOnce(bool)) -> Option<T> {
        self.locked(|state| {
            state.level.away += 1;
            is_hit(!state.waiting.is_empty());
            let Waiting { object, bytes } = state.waiting.pop()?;
            state.level.waiting_bytes -= bytes;
            Some(object)
        })
    }

    /// Takes an object of `bytes` bytes back; hands it out again where there is no room for it.
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

    /// An object that was away will not come back.
    pub fn give_up(&self) {
        self.locked(|state| {
            state.level.away -= 1;
            state.level.discarded += 1;
        });
    }

    /// Everything that waits, and the room that it took.
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
        // Nothing under the lock panics, so that a poisoned state is a whole one.
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
