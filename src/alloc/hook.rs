//! Functions that are told of every block, for those who must know which blocks live: the
//! leak detector's second pass. Not for counting, which needs no table of blocks.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::gate::{self, Open};

/// What to call for every block that any thread gets or gives back.
///
/// The functions are called inside the allocator: they must not panic, and when they allocate
/// they are called again.
#[derive(Debug)]
pub struct Hook {
    /// A block of that many bytes exists at the address.
    pub on_alloc: fn(address: usize, bytes: usize),
    /// A block that was given back a moment ago, as far as was told, lives on at the address with
    /// another size.
    pub on_resized: fn(address: usize, before: usize, after: usize),
    /// The block at the address is about to be given back.
    pub on_free: fn(address: usize),
}

static HOOK: AtomicPtr<Hook> = AtomicPtr::new(ptr::null_mut());

/// Opens the gate for counting and for `hook`, until the guard is dropped. Of several hooks at
/// once the last one is called.
pub fn open_hooked(hook: &'static Hook) -> Open {
    HOOK.store(ptr::from_ref(hook).cast_mut(), Ordering::Release);
    gate::open_hooked()
}

fn hook() -> Option<&'static Hook> {
    // SAFETY: only `open_hooked` stores here, and always a reference that is never invalid.
    unsafe { HOOK.load(Ordering::Acquire).as_ref() }
}

pub(super) fn on_alloc(gate: u32, pointer: *mut u8, bytes: usize) {
    if gate & gate::HOOK != 0
        && let Some(hook) = hook()
    {
        (hook.on_alloc)(pointer.addr(), bytes);
    }
}

pub(super) fn on_resized(gate: u32, moved: *mut u8, before: usize, after: usize) {
    if gate & gate::HOOK != 0
        && let Some(hook) = hook()
    {
        (hook.on_resized)(moved.addr(), before, after);
    }
}

pub(super) fn on_free(gate: u32, pointer: *mut u8) {
    if gate & gate::HOOK != 0
        && let Some(hook) = hook()
    {
        (hook.on_free)(pointer.addr());
    }
}
