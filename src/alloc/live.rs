//! Reads the live memory of certain threads, at a few loads for each thread, without a lock or an
//! allocation. The columns show which threads each kind of watch counts:
//!
//! ```text
//!  threads                     process   this thread   this thread and its threads
//!  the caller                     ×           ×                     ×
//!  started by it or its threads   ×                                 ×
//!  all others                     ×                           `others` only
//! ```

use std::marker::PhantomData;
use std::ops::{Add, Sub};

use super::block::{self, Block};
use super::lineage::Marked;

/// Live memory, counted while the gate was open. Only differences between two values are
/// meaningful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Bytes allocated minus bytes freed.
    pub bytes: i64,
    /// Blocks allocated minus blocks freed.
    pub blocks: i64,
}

/// What threads have allocated and freed so far. Only differences between two values are
/// meaningful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Allocations, frees and reallocations.
    pub events: u64,
    /// Bytes and blocks allocated.
    pub allocated: Live,
    /// Bytes and blocks freed, whichever thread allocated them.
    pub freed: Live,
}

/// The work of threads other than the watching one, for a watch of [this thread and its
/// threads](Watch::of_this_and_its_threads).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Work of the threads that the watch counts.
    pub started: Work,
    /// Work of the threads that the watch does not count, although they may work for the caller.
    pub others: Work,
}

impl Work {
    fn add(&mut self, block: &Block) {
        let (bytes, allocs, frees) = (block.bytes(), block.allocs(), block.frees());
        let freed = (bytes as i64).wrapping_sub(block.live());
        let add = |sum: &mut Live, bytes: i64, blocks: u64| {
            sum.bytes = sum.bytes.wrapping_add(bytes);
            sum.blocks = sum.blocks.wrapping_add(blocks as i64);
        };
        add(&mut self.allocated, bytes as i64, allocs);
        add(&mut self.freed, freed, frees);
        self.events = self.events.wrapping_add(block.events());
    }
}

impl Add for Live {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.wrapping_add(other.bytes),
            blocks: self.blocks.wrapping_add(other.blocks),
        }
    }
}

impl Sub for Live {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            bytes: self.bytes.wrapping_sub(earlier.bytes),
            blocks: self.blocks.wrapping_sub(earlier.blocks),
        }
    }
}

/// Reads the live memory of certain threads. It cannot be sent to another thread.
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let watch = heapmark::__private::alloc::Watch::of_this_thread().expect("the thread is not ending");
/// let counting = heapmark::__private::alloc::open();
/// let before = watch.live();
/// let kept = vec![0_u8; 100];
/// let change = watch.live() - before;
/// drop(counting);
/// assert_eq!((change.bytes, change.blocks), (100, 1));
/// # drop(kept);
/// ```
#[derive(Debug)]
pub struct Watch {
    thread_filter: ThreadFilter,
    _marked: Option<Marked>,
    stays: PhantomData<*const ()>,
}

/// Thread filter: the threads that a watch counts. It can be sent to other threads.
#[derive(Clone, Copy, Debug)]
pub struct ThreadFilter {
    own: &'static Block,
    threads: Threads,
}

impl ThreadFilter {
    /// Whether the calling thread passes the filter.
    pub fn has_this_thread(&self) -> bool {
        let is_own = || Block::taken().is_some_and(|block| std::ptr::eq(block, self.own));
        match self.threads {
            Threads::All => true,
            Threads::Own => is_own(),
            Threads::Marked(mark) => is_own() || block::is_thread_of(mark),
        }
    }

    /// Whether the events in `block` are those of a thread that passes the filter.
    fn has(&self, block: &Block) -> bool {
        let is_own = || std::ptr::eq(block, self.own);
        match self.threads {
            Threads::All => true,
            Threads::Own => is_own(),
            Threads::Marked(mark) => is_own() || block.is_of(mark),
        }
    }

    fn blocks(&self) -> impl Iterator<Item = &'static Block> {
        let thread_filter = *self;
        block::with_late().filter(move |block| thread_filter.has(block))
    }
}

/// A mark that no thread has inherited.
const NO_MARK: u64 = u64::MAX;

#[derive(Clone, Copy, Debug)]
enum Threads {
    All,
    Own,
    Marked(u64),
}

impl Watch {
    /// Watches all threads. `None` if the calling thread is ending and has no counters.
    pub fn of_process() -> Option<Self> {
        Self::from_threads(Threads::All)
    }

    /// Watches only the calling thread. Memory that it frees for other threads counts as its own.
    /// `None` if the thread is ending and has no counters.
    pub fn of_this_thread() -> Option<Self> {
        Self::from_threads(Threads::Own)
    }

    /// Watches the calling thread, the threads that it starts from now on, and the threads that
    /// those start. `None` if the calling thread is ending and has no counters.
    ///
    /// On systems other than Linux, and if the thread has real-time priority, heapmark cannot see
    /// which thread started which. It then watches only the calling thread, and all other threads
    /// are [others](Elsewhere::others).
    pub fn of_this_and_its_threads() -> Option<Self> {
        // Before the mark is set: this thread's block keeps the mark that the thread inherited, and
        // only threads started from now on inherit the new one.
        let own = Block::own()?;
        let marked = Marked::begin();
        let mark = marked.as_ref().map_or(NO_MARK, Marked::mark);
        let threads = Threads::Marked(mark);
        Some(Self {
            thread_filter: ThreadFilter { own, threads },
            _marked: marked,
            stays: PhantomData,
        })
    }

    fn from_threads(threads: Threads) -> Option<Self> {
        let own = Block::own()?;
        Some(Self {
            thread_filter: ThreadFilter { own, threads },
            _marked: None,
            stays: PhantomData,
        })
    }

    /// The threads that this watch counts.
    pub fn thread_filter(&self) -> ThreadFilter {
        self.thread_filter
    }

    /// The live memory now.
    #[inline]
    pub fn live(&self) -> Live {
        self.live_beside().0
    }

    /// The live memory now, and the number of events so far on the threads that
    /// [`Watch::elsewhere`] describes.
    #[inline]
    pub fn live_beside(&self) -> (Live, u64) {
        let add = |sum: Live, block: &Block| Live {
            bytes: sum.bytes.wrapping_add(block.live()),
            blocks: sum.blocks.wrapping_add(block.live_blocks()),
        };
        let none = Live::default();
        match self.thread_filter.threads {
            Threads::Own => (add(none, self.thread_filter.own), 0),
            Threads::All => (block::with_late().fold(none, add), 0),
            Threads::Marked(mark) => {
                let mut sum = (add(none, self.thread_filter.own), 0_u64);
                for block in block::with_late() {
                    if std::ptr::eq(block, self.thread_filter.own) {
                        continue;
                    }
                    if block.is_of(mark) {
                        sum.0 = add(sum.0, block);
                    }
                    sum.1 = sum.1.wrapping_add(block.events());
                }
                sum
            }
        }
    }

    /// Allocations, frees and reallocations so far on the threads that this watch counts.
    pub fn events(&self) -> u64 {
        let blocks = self.thread_filter.blocks();
        blocks.fold(0, |sum, block| sum.wrapping_add(block.events()))
    }

    /// Highest live bytes of the calling thread since [`Watch::restart_peak`].
    pub fn peak(&self) -> i64 {
        self.thread_filter.own.peak()
    }

    /// Resets the calling thread's peak to its current live bytes. If an outer reader needs that
    /// peak, restore it afterwards with [`Watch::raise_peak`].
    pub fn restart_peak(&self) {
        self.thread_filter.own.reset_peak();
    }

    /// Raises the calling thread's peak to at least `to`, the value of [`Watch::peak`] before the
    /// reset.
    pub fn raise_peak(&self, to: i64) {
        self.thread_filter.own.raise_peak(to);
    }

    /// The work of other threads so far. All zero for a watch of this thread only, or of the whole
    /// process.
    pub fn elsewhere(&self) -> Elsewhere {
        let mut elsewhere = Elsewhere::default();
        if let Threads::Marked(mark) = self.thread_filter.threads {
            for block in block::with_late() {
                if block.is_of(mark) {
                    elsewhere.started.add(block);
                } else if !std::ptr::eq(block, self.thread_filter.own) {
                    elsewhere.others.add(block);
                }
            }
        }
        elsewhere
    }
}
