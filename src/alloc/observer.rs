//! The allocation observer, which is called for every block: the leak detector's second pass, a
//! benchmark's call sites, or the live profile. Only one exists at a time. Not for counting, which
//! needs no table of blocks.

use std::fmt;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::gate::{self, Open};

/// The functions to call for every block that any thread allocates, resizes or frees.
///
/// They are called inside the allocator: they must not panic, and if they allocate, they are called
/// again.
#[derive(Debug)]
pub struct Observer {
    /// A block of `bytes` bytes was allocated at `address`.
    pub on_alloc: fn(address: usize, bytes: usize),
    /// A block was resized from `before` to `after` bytes and is now at `address`. `on_free` was
    /// called for its old address just before.
    pub on_resized: fn(address: usize, before: usize, after: usize),
    /// The block at `address` is about to be freed or resized.
    pub on_free: fn(address: usize),
}

/// Another observer is already active, and only one may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlreadyObserved;

impl fmt::Display for AlreadyObserved {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(
            "the call stacks of this program are already being recorded, by a live profile or by \
             another leak detection",
        )
    }
}

impl std::error::Error for AlreadyObserved {}

static OBSERVER: AtomicPtr<Observer> = AtomicPtr::new(ptr::null_mut());

/// Keeps the gate open for counting and for an observer until this guard is dropped.
#[derive(Debug)]
#[must_use = "the observer is called until this is dropped"]
pub struct Observing {
    open: Option<Open>,
}

/// Calls `observer` for every block until the guard is dropped.
///
/// # Errors
///
/// [`AlreadyObserved`] if another observer is active.
pub fn observe(observer: &'static Observer) -> Result<Observing, AlreadyObserved> {
    let (none, observer) = (ptr::null_mut(), ptr::from_ref(observer).cast_mut());
    let taken = OBSERVER.compare_exchange(none, observer, Ordering::AcqRel, Ordering::Relaxed);
    taken.map_err(|_| AlreadyObserved)?;
    Ok(Observing {
        open: Some(gate::open_observed()),
    })
}

impl Drop for Observing {
    fn drop(&mut self) {
        drop(self.open.take());
        OBSERVER.store(ptr::null_mut(), Ordering::Release);
    }
}

fn observer() -> Option<&'static Observer> {
    // SAFETY: only `observe` stores here, and always a reference that is never invalid, or null.
    unsafe { OBSERVER.load(Ordering::Acquire).as_ref() }
}

pub(super) fn on_alloc(gate: u32, pointer: *mut u8, bytes: usize) {
    if gate & gate::OBSERVER != 0
        && let Some(observer) = observer()
    {
        (observer.on_alloc)(pointer.addr(), bytes);
    }
}

pub(super) fn on_resized(gate: u32, moved: *mut u8, before: usize, after: usize) {
    if gate & gate::OBSERVER != 0
        && let Some(observer) = observer()
    {
        (observer.on_resized)(moved.addr(), before, after);
    }
}

pub(super) fn on_free(gate: u32, pointer: *mut u8) {
    if gate & gate::OBSERVER != 0
        && let Some(observer) = observer()
    {
        (observer.on_free)(pointer.addr());
    }
}
