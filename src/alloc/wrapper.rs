//! [`Alloc`], the wrapper that a program installs as its global allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::totals::Totals;
use super::{block, control_counter, counted, gate, observer, process, timeline};

/// Wraps the global allocator `A` and counts its allocations while heapmark measures.
///
/// While nothing is measured, each call costs one relaxed load and a branch more than `A` alone;
/// `cargo xtask overhead` measures the cost. The counters belong to the process, not to the value:
/// use it only as the `#[global_allocator]`.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// assert!(heapmark::__private::alloc::is_installed());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Alloc<A = System> {
    inner: A,
}

impl Alloc<System> {
    /// Wraps [`System`], the allocator of the operating system.
    pub const fn system() -> Self {
        Self::new(System)
    }
}

impl<A> Alloc<A> {
    /// Wraps `inner`, as in `Alloc::new(mimalloc::MiMalloc)`.
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

// SAFETY: every request is passed to `inner` unchanged, and its result is returned unchanged.
// Counting neither allocates through the global allocator nor unwinds.
//
// Each method reads the gate first and ends in a tail call on either side, so a closed gate costs
// three instructions and saves no register.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Alloc<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match gate::read() {
            // SAFETY: the caller keeps the contract of `alloc`.
            gate::CLOSED => unsafe { self.inner.alloc(layout) },
            // SAFETY: as above.
            gate => unsafe { counted::alloc(&self.inner, layout, gate) },
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match gate::read() {
            // SAFETY: the caller keeps the contract of `alloc_zeroed`.
            gate::CLOSED => unsafe { self.inner.alloc_zeroed(layout) },
            // SAFETY: as above.
            gate => unsafe { counted::alloc_zeroed(&self.inner, layout, gate) },
        }
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        match gate::read() {
            // SAFETY: the caller keeps the contract of `dealloc`.
            gate::CLOSED => unsafe { self.inner.dealloc(pointer, layout) },
            // SAFETY: as above.
            gate => unsafe { counted::dealloc(&self.inner, pointer, layout, gate) },
        }
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        match gate::read() {
            // SAFETY: the caller keeps the contract of `realloc`.
            gate::CLOSED => unsafe { self.inner.realloc(pointer, layout, new_size) },
            // SAFETY: as above.
            gate => unsafe { counted::realloc(&self.inner, pointer, layout, new_size, gate) },
        }
    }
}

#[inline(always)]
pub(super) fn on_alloc<A>(gate: u32, layout: Layout, pointer: *mut u8) {
    block::on_alloc(layout.size());
    if gate & gate::WATCHED != 0 {
        remember_name::<A>();
        control_alloc(gate, layout);
        observer::on_alloc(gate, pointer, layout.size());
    }
}

#[inline(always)]
pub(super) fn on_free(gate: u32, layout: Layout, pointer: *mut u8) {
    block::on_free(layout.size());
    if gate & gate::WATCHED != 0 {
        control_free(gate, layout);
        observer::on_free(gate, pointer);
    }
}

#[inline(always)]
pub(super) fn on_realloc(gate: u32, layout: Layout, moved: *mut u8, new_size: usize) {
    block::on_realloc(layout.size(), new_size);
    if gate & gate::WATCHED != 0 {
        control_realloc(gate, layout, new_size);
        observer::on_resized(gate, moved, layout.size(), new_size);
    }
}

#[cold]
#[inline(never)]
fn control_alloc(gate: u32, layout: Layout) {
    write_timeline(gate, layout.size() as i64);
    if gate & gate::CONTROL != 0 {
        control_counter::on_alloc(layout);
    }
    if gate & gate::PROCESS != 0 {
        process::on_alloc(layout);
    }
}

#[cold]
#[inline(never)]
fn control_free(gate: u32, layout: Layout) {
    write_timeline(gate, -(layout.size() as i64));
    if gate & gate::CONTROL != 0 {
        control_counter::on_free(layout);
    }
    if gate & gate::PROCESS != 0 {
        process::on_free(layout);
    }
}

#[cold]
#[inline(never)]
fn control_realloc(gate: u32, layout: Layout, new_size: usize) {
    write_timeline(gate, new_size as i64 - layout.size() as i64);
    if gate & gate::CONTROL != 0 {
        control_counter::on_realloc(layout, new_size);
    }
    if gate & gate::PROCESS != 0 {
        process::on_realloc(layout, new_size);
    }
}

fn write_timeline(gate: u32, delta: i64) {
    if gate & gate::TIMELINE != 0 {
        timeline::write(delta);
    }
}

/// `std::any::type_name` of the wrapped allocator: a function stored as a pointer, because this
/// path must not lock.
static NAME: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

#[cold]
fn remember_name<A>() {
    let name: fn() -> &'static str = std::any::type_name::<A>;
    NAME.store(name as *mut (), Ordering::Relaxed);
}

/// The type of the wrapped allocator, such as `std::alloc::System`. Known after [`is_installed`] or
/// a count pass has seen it allocate.
pub fn inner_name() -> Option<&'static str> {
    let name = NAME.load(Ordering::Relaxed);
    if name.is_null() {
        return None;
    }
    // SAFETY: only `remember_name` stores here, and always a function of this type.
    let name = unsafe { std::mem::transmute::<*mut (), fn() -> &'static str>(name) };
    Some(name())
}

/// Whether the program's global allocator is an [`Alloc`]. It makes one allocation and checks that
/// it was counted.
///
/// Always false in the destructors of an ending thread, which has no counters.
pub fn is_installed() -> bool {
    let _open = gate::open_with_control();
    let before = Totals::of_this_thread();
    drop(std::hint::black_box(Box::new(0_u8)));
    // An observer may allocate blocks itself.
    (Totals::of_this_thread() - before).allocs > 0
}
