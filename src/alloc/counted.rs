//! The wrapper's path while the gate is open: forwards a request and counts it if it was granted.
//!
//! ```text
//!            only the counters are on, and     ┌──▶ plain adds to that block
//!            the thread has a block  ──────────┘
//!  request ──┤
//!            control counter or timeline  ─────┐
//!            on, or the thread's first request └──▶ everything that is on
//! ```
//!
//! The upper path of `alloc` and `dealloc` calls only the inner allocator and keeps two values
//! across that call: each further saved and restored register costs two instructions.
//!
//! All functions are marked cold, which keeps the closed side of the gate on a straight line: a
//! branch that is not taken saves one of about 36 cycles that a 64-byte pair takes
//! (docs/overhead.md).

use std::alloc::{GlobalAlloc, Layout};

use super::block::Block;
use super::{gate, observer, wrapper};

/// The thread's block, if only the counters are on.
#[inline(always)]
fn block_alone(gate: u32) -> Option<&'static Block> {
    if gate & gate::WATCHED == 0 {
        Block::taken()
    } else {
        None
    }
}

/// # Safety
///
/// As for [`GlobalAlloc::alloc`].
#[cold]
#[inline(never)]
pub(super) unsafe fn alloc<A: GlobalAlloc>(inner: &A, layout: Layout, gate: u32) -> *mut u8 {
    let Some(block) = block_alone(gate) else {
        // SAFETY: the caller keeps the contract of `alloc`.
        return unsafe { alloc_watched(inner, layout, gate) };
    };
    // SAFETY: the caller keeps the contract of `alloc`.
    let pointer = unsafe { inner.alloc(layout) };
    if !pointer.is_null() {
        block.on_alloc(layout.size());
    }
    pointer
}

/// # Safety
///
/// As for [`GlobalAlloc::alloc`].
#[cold]
#[inline(never)]
unsafe fn alloc_watched<A: GlobalAlloc>(inner: &A, layout: Layout, gate: u32) -> *mut u8 {
    // SAFETY: the caller keeps the contract of `alloc`.
    let pointer = unsafe { inner.alloc(layout) };
    if !pointer.is_null() {
        wrapper::on_alloc::<A>(gate, layout, pointer);
    }
    pointer
}

/// # Safety
///
/// As for [`GlobalAlloc::alloc_zeroed`].
#[cold]
#[inline(never)]
pub(super) unsafe fn alloc_zeroed<A: GlobalAlloc>(inner: &A, layout: Layout, gate: u32) -> *mut u8 {
    // SAFETY: the caller keeps the contract of `alloc_zeroed`.
    let pointer = unsafe { inner.alloc_zeroed(layout) };
    if !pointer.is_null() {
        wrapper::on_alloc::<A>(gate, layout, pointer);
    }
    pointer
}

/// # Safety
///
/// As for [`GlobalAlloc::dealloc`].
#[cold]
#[inline(never)]
pub(super) unsafe fn dealloc<A: GlobalAlloc>(
    inner: &A,
    pointer: *mut u8,
    layout: Layout,
    gate: u32,
) {
    let Some(block) = block_alone(gate) else {
        // SAFETY: the caller keeps the contract of `dealloc`.
        return unsafe { dealloc_watched(inner, pointer, layout, gate) };
    };
    block.on_free(layout.size());
    // SAFETY: the caller keeps the contract of `dealloc`.
    unsafe { inner.dealloc(pointer, layout) };
}

/// # Safety
///
/// As for [`GlobalAlloc::dealloc`].
#[cold]
#[inline(never)]
unsafe fn dealloc_watched<A: GlobalAlloc>(inner: &A, pointer: *mut u8, layout: Layout, gate: u32) {
    wrapper::on_free(gate, layout, pointer);
    // SAFETY: the caller keeps the contract of `dealloc`.
    unsafe { inner.dealloc(pointer, layout) };
}

/// # Safety
///
/// As for [`GlobalAlloc::realloc`].
#[cold]
#[inline(never)]
pub(super) unsafe fn realloc<A: GlobalAlloc>(
    inner: &A,
    pointer: *mut u8,
    layout: Layout,
    new_size: usize,
    gate: u32,
) -> *mut u8 {
    // Called before the request: once it is granted, another thread may own the old address.
    observer::on_free(gate, pointer);
    // SAFETY: the caller keeps the contract of `realloc`.
    let moved = unsafe { inner.realloc(pointer, layout, new_size) };
    if !moved.is_null() {
        wrapper::on_realloc(gate, layout, moved, new_size);
    }
    moved
}
