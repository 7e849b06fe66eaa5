//! The open side of the wrapper: passes a request on, and counts it once it was granted.
//!
//! ```text
//!            counters alone are asked for,     ┌──▶ plain adds to that block
//!            and the thread has its block ─────┘
//!  request ──┤
//!            witness or tape as well, or  ─────┐
//!            the thread's first request        └──▶ everything that is asked for
//! ```
//!
//! The upper way of `alloc` and `dealloc` calls nothing but the inner allocator, and keeps two
//! values across that call: each register saved and restored costs two instructions more.
//!
//! All are marked cold, which puts the closed side of the gate on a straight line: a branch not
//! taken saves a cycle, of some 36 that a pair of 64 bytes takes (docs/overhead.md).

use std::alloc::{GlobalAlloc, Layout};

use super::block::Block;
use super::{gate, observer, wrapper};

/// The block to count in, where plain adds to it are all that is asked for.
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
    // Before the request: as soon as it is granted, another thread may own the old address.
    observer::on_free(gate, pointer);
    // SAFETY: the caller keeps the contract of `realloc`.
    let moved = unsafe { inner.realloc(pointer, layout, new_size) };
    if !moved.is_null() {
        wrapper::on_realloc(gate, layout, moved, new_size);
    }
    moved
}
