//! One thread's counters, and the registry of all of them.
//!
//! ```text
//!  thread-local          registry (push-only list, never freed)
//!  ┌────────┐            ┌───────┐   ┌───────┐   ┌───────┐
//!  │ OWN ───┼───────────▶│ block │──▶│ block │──▶│ block │──▶ null
//!  └────────┘            └───────┘   └───────┘   └───────┘
//!   null before the       taken       free: its   taken
//!   first event and       (mine)      thread has  (another
//!   after the end                     ended       thread's)
//!
//!  LATE and LATE_OF_MARKED: shared blocks for the events of threads without a block (late.rs)
//! ```
//!
//! Only the owning thread writes to a block, so plain loads and stores suffice. Readers sum over
//! all blocks. Late blocks have many writers and need read-modify-write operations.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, AtomicU64, Ordering, Ordering::Relaxed};

use super::lineage;
use super::totals::{CLASSES, Totals};

mod late;
#[cfg(test)]
mod tests;

use late::{LATE, LATE_OF_MARKED};

/// The counters of one thread. The hot fields come first: an alloc or free touches the first cache
/// line and one size class.
#[repr(C, align(64))]
#[derive(Debug)]
pub(super) struct Block {
    /// Live bytes. May be negative, because a thread may free what another thread allocated.
    live: AtomicI64,
    /// Highest value of `live` since it was last reset.
    peak: AtomicI64,
    bytes: AtomicU64,
    allocs: AtomicU64,
    frees: AtomicU64,
    reallocs: AtomicU64,
    next: AtomicPtr<Block>,
    classes: [AtomicU64; CLASSES],
    taken: AtomicBool,
    /// The mark that its threads have inherited. It is the same for all of them, so a block belongs
    /// either to marked threads only or to unmarked threads only.
    lineage: AtomicU64,
}

static REGISTRY: AtomicPtr<Block> = AtomicPtr::new(ptr::null_mut());

thread_local! {
    /// This thread's block. It has no destructor, so reading it takes one instruction.
    static OWN: Cell<Option<&'static Block>> = const { Cell::new(None) };
    /// Whether this thread may still take a block.
    static PHASE: Cell<Phase> = const { Cell::new(Phase::New) };
    /// The mark that this thread has inherited; known after its first event.
    static LINEAGE: Cell<u64> = const { Cell::new(lineage::UNKNOWN) };
    /// Releases the block when the thread ends.
    static GUARD: Guard = const { Guard };
}

/// ```text
/// New ──first event──▶ Registering ──▶ Counting ──guard dropped──▶ Late
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No event yet.
    New,
    /// The guard is being registered, which allocates on some platforms.
    Registering,
    /// Has a block.
    Counting,
    /// The guard was dropped. Destructors of other thread-locals may still allocate.
    Late,
}

struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        PHASE.set(Phase::Late);
        if let Some(block) = OWN.take() {
            // Pairs with the acquiring exchange in `take_free`: the next owner sees every count.
            block.taken.store(false, Ordering::Release);
        }
    }
}

impl Block {
    const fn new() -> Self {
        Self {
            live: AtomicI64::new(0),
            peak: AtomicI64::new(0),
            bytes: AtomicU64::new(0),
            allocs: AtomicU64::new(0),
            frees: AtomicU64::new(0),
            reallocs: AtomicU64::new(0),
            next: AtomicPtr::new(ptr::null_mut()),
            classes: [const { AtomicU64::new(0) }; CLASSES],
            taken: AtomicBool::new(true),
            lineage: AtomicU64::new(lineage::UNKNOWN),
        }
    }

    /// The calling thread's block, if it has already taken one.
    #[inline(always)]
    pub(super) fn taken() -> Option<&'static Self> {
        OWN.get()
    }

    /// The calling thread's block; registers the thread at its first call. `None` if the thread
    /// cannot have a block.
    pub(super) fn own() -> Option<&'static Self> {
        OWN.get().or_else(register)
    }

    #[inline(always)]
    fn grew(&self, by: i64) {
        let live = self.live.load(Relaxed).wrapping_add(by);
        self.live.store(live, Relaxed);
        if live > self.peak.load(Relaxed) {
            self.peak.store(live, Relaxed);
        }
    }

    #[inline(always)]
    pub(super) fn on_alloc(&self, size: usize) {
        bump(&self.allocs, 1);
        bump(&self.bytes, size as u64);
        bump(&self.classes[class(size)], 1);
        self.grew(size as i64);
    }

    #[inline(always)]
    pub(super) fn on_free(&self, size: usize) {
        bump(&self.frees, 1);
        let live = self.live.load(Relaxed).wrapping_sub(size as i64);
        self.live.store(live, Relaxed);
    }

    #[inline(always)]
    fn on_realloc(&self, old: usize, new: usize) {
        bump(&self.reallocs, 1);
        bump(&self.bytes, new.saturating_sub(old) as u64);
        bump(&self.classes[class(new)], 1);
        self.grew(new as i64 - old as i64);
    }

    /// Adds this block's counters to `totals`.
    fn add_to(&self, totals: &mut Totals) {
        let add = |sum: &mut u64, counter: &AtomicU64| {
            *sum = sum.wrapping_add(counter.load(Relaxed));
        };
        add(&mut totals.allocs, &self.allocs);
        add(&mut totals.frees, &self.frees);
        add(&mut totals.reallocs, &self.reallocs);
        add(&mut totals.bytes, &self.bytes);
        totals.live = totals.live.wrapping_add(self.live());
        for (sum, class) in totals.classes.iter_mut().zip(&self.classes) {
            add(sum, class);
        }
    }

    pub(super) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        self.add_to(&mut totals);
        totals
    }

    pub(super) fn live(&self) -> i64 {
        self.live.load(Relaxed)
    }

    /// Whether the threads of this block have inherited `mark`.
    pub(super) fn is_of(&self, mark: u64) -> bool {
        match ptr::eq(self, &LATE_OF_MARKED) {
            true => lineage::is_current(mark),
            false => self.lineage.load(Relaxed) == mark,
        }
    }

    /// Allocs minus frees. May be negative, like `live`.
    pub(super) fn live_blocks(&self) -> i64 {
        self.allocs().wrapping_sub(self.frees()) as i64
    }

    /// Requested bytes, including growth by reallocs.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    pub(super) fn allocs(&self) -> u64 {
        self.allocs.load(Relaxed)
    }

    pub(super) fn frees(&self) -> u64 {
        self.frees.load(Relaxed)
    }

    /// Allocs, frees and reallocs together.
    pub(super) fn events(&self) -> u64 {
        let handed_over = self.allocs().wrapping_add(self.frees());
        handed_over.wrapping_add(self.reallocs.load(Relaxed))
    }

    pub(super) fn peak(&self) -> i64 {
        self.peak.load(Relaxed)
    }

    /// Resets the peak to the current live bytes. Only the owning thread may call this.
    pub(super) fn reset_peak(&self) {
        self.peak.store(self.live(), Relaxed);
    }

    /// Raises the peak to at least `to`. Only the owning thread may call this.
    pub(super) fn raise_peak(&self, to: i64) {
        self.peak.store(self.peak().max(to), Relaxed);
    }
}

/// Adds without a read-modify-write operation: a block has only one writer.
#[inline(always)]
fn bump(counter: &AtomicU64, by: u64) {
    counter.store(counter.load(Relaxed).wrapping_add(by), Relaxed);
}

/// The index of the power of two at or above `size`: 0 and 1 are class 0, 64 is class 6.
#[inline(always)]
fn class(size: usize) -> usize {
    (usize::BITS - size.saturating_sub(1).leading_zeros()) as usize
}

#[inline(always)]
pub(super) fn on_alloc(size: usize) {
    match OWN.get() {
        Some(block) => block.on_alloc(size),
        None => late::on_alloc(size),
    }
}

#[inline(always)]
pub(super) fn on_free(size: usize) {
    match OWN.get() {
        Some(block) => block.on_free(size),
        None => late::on_free(size),
    }
}

#[inline(always)]
pub(super) fn on_realloc(old: usize, new: usize) {
    match OWN.get() {
        Some(block) => block.on_realloc(old, new),
        None => late::on_realloc(old, new),
    }
}

/// Gives the calling thread a block. `None` while the thread registers and after its guard was
/// dropped.
fn register() -> Option<&'static Block> {
    if PHASE.get() != Phase::New {
        return None;
    }
    PHASE.set(Phase::Registering);
    // Touching the guard registers its destructor. This fails if the runtime has already run the
    // destructors; the thread's events then go to `LATE`.
    let guarded = GUARD.try_with(|_| ()).is_ok();
    let lineage = lineage::of_this_thread();
    LINEAGE.set(lineage);
    let block = if guarded {
        take_free(lineage).or_else(|| add_new(lineage))
    } else {
        None
    };
    PHASE.set(if block.is_some() {
        Phase::Counting
    } else {
        Phase::Late
    });
    OWN.set(block);
    block
}

/// Takes over a block whose thread has ended and had inherited the same mark.
fn take_free(lineage: u64) -> Option<&'static Block> {
    all().find(|block| {
        if block.lineage.load(Relaxed) != lineage {
            return false;
        }
        let exchange = block
            .taken
            .compare_exchange(false, true, Ordering::Acquire, Relaxed);
        exchange.is_ok()
    })
}

/// Registers a new block. It is leaked on purpose: totals include ended threads, and readers hold
/// no lock.
fn add_new(lineage: u64) -> Option<&'static Block> {
    let layout = Layout::new::<Block>();
    // SAFETY: the layout of a block is not zero-sized.
    let memory = unsafe { System.alloc(layout) }.cast::<Block>();
    if memory.is_null() {
        return None;
    }
    // SAFETY: the memory was just allocated with the layout of a block, and nothing else uses it.
    unsafe { memory.write(Block::new()) };
    // SAFETY: the memory is initialised and never freed.
    let block = unsafe { &*memory };
    block.lineage.store(lineage, Relaxed);
    let mut head = REGISTRY.load(Relaxed);
    loop {
        block.next.store(head, Relaxed);
        // Release: a thread that finds the block sees it initialised.
        match REGISTRY.compare_exchange_weak(head, memory, Ordering::Release, Relaxed) {
            Ok(_) => return Some(block),
            Err(newer) => head = newer,
        }
    }
}

/// All registered blocks.
fn all() -> impl Iterator<Item = &'static Block> {
    // SAFETY: registered pointers are initialised, pushed with release and never freed.
    let follow = |pointer: *mut Block| unsafe { pointer.as_ref::<'static>() };
    let mut next = follow(REGISTRY.load(Ordering::Acquire));
    std::iter::from_fn(move || {
        let block = next?;
        next = follow(block.next.load(Relaxed));
        Some(block)
    })
}

/// Whether the calling thread has inherited `mark`.
pub(super) fn is_thread_of(mark: u64) -> bool {
    mark != lineage::UNKNOWN && LINEAGE.get() == mark
}

/// The late blocks, then all registered blocks.
pub(super) fn with_late() -> impl Iterator<Item = &'static Block> {
    [&LATE, &LATE_OF_MARKED].into_iter().chain(all())
}

/// Sums over all threads, including ended ones.
pub(super) fn totals() -> Totals {
    // Relaxed loads suffice: joining a thread, or receiving a message from it, makes its earlier
    // stores visible. The counters of threads that are still running may be slightly out of date.
    let mut totals = Totals::default();
    for block in with_late() {
        block.add_to(&mut totals);
    }
    totals
}
