//! What lives at this moment, read often: a few loads for each thread, no lock, no allocation.
//!
//! ```text
//!  threads                     process   this thread   this thread and its threads
//!  the caller                     ×           ×                     ×
//!  started by it, or by those     ×                                 ×
//!  all others                     ×                               others
//! ```

use std::marker::PhantomData;
use std::ops::{Add, Sub};

use super::block::{self, Block};
use super::lineage::Marked;

/// Live memory, as far as it was allocated and freed while the gate was open. Only differences
/// mean something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Bytes allocated minus bytes freed.
    pub bytes: i64,
    /// Blocks allocated minus blocks freed.
    pub blocks: i64,
}

/// What threads did so far. Only differences mean something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Allocations, frees and reallocations.
    pub events: u64,
    /// Bytes and blocks that were asked for.
    pub allocated: Live,
    /// Bytes and blocks that were given back, whichever thread asked for them.
    pub freed: Live,
}

/// What threads did other than the one that watches, of a watch of [this thread and its
/// threads](Watch::of_this_and_its_threads).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Of the threads that count as well.
    pub started: Work,
    /// Of those that are left out although their work may belong to the caller's.
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

/// Reads what lives, of certain threads. It stays on the thread that made it.
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
    audience: Audience,
    _marked: Option<Marked>,
    stays: PhantomData<*const ()>,
}

/// The threads that a watch is about; it may go to any thread.
#[derive(Clone, Copy, Debug)]
pub struct Audience {
    own: &'static Block,
    threads: Threads,
}

impl Audience {
    /// Whether the calling thread is among them.
    pub fn has_this_thread(&self) -> bool {
        let is_own = || Block::taken().is_some_and(|block| std::ptr::eq(block, self.own));
        match self.threads {
            Threads::All => true,
            Threads::Own => is_own(),
            Threads::Marked(mark) => is_own() || block::is_thread_of(mark),
        }
    }

    /// Whether the events in `block` are those of one of them.
    fn has(&self, block: &Block) -> bool {
        let is_own = || std::ptr::eq(block, self.own);
        match self.threads {
            Threads::All => true,
            Threads::Own => is_own(),
            Threads::Marked(mark) => is_own() || block.is_of(mark),
        }
    }

    fn blocks(&self) -> impl Iterator<Item = &'static Block> {
        let audience = *self;
        block::with_late().filter(move |block| audience.has(block))
    }
}

/// What no thread has inherited.
const NO_MARK: u64 = u64::MAX;

#[derive(Clone, Copy, Debug)]
enum Threads {
    All,
    Own,
    Marked(u64),
}

impl Watch {
    /// Of all threads. `None` where the calling thread is too near its end to have counters.
    pub fn of_process() -> Option<Self> {
        Self::of(Threads::All)
    }

    /// Of the calling thread alone; what it frees for others counts as its own.
    pub fn of_this_thread() -> Option<Self> {
        Self::of(Threads::Own)
    }

    /// Of the calling thread, of the threads that it starts from now on, and of those that they
    /// start. On other systems than Linux, and where the thread has real-time priority, whose a
    /// thread is cannot be told: then of the calling thread alone, and all others are
    /// [others](Elsewhere::others).
    pub fn of_this_and_its_threads() -> Option<Self> {
        // Before the mark, which is for the threads that come: a block has that of its first thread.
        let own = Block::own()?;
        let marked = Marked::begin();
        let mark = marked.as_ref().map_or(NO_MARK, Marked::mark);
        let threads = Threads::Marked(mark);
        Some(Self {
            audience: Audience { own, threads },
            _marked: marked,
            stays: PhantomData,
        })
    }

    fn of(threads: Threads) -> Option<Self> {
        let own = Block::own()?;
        Some(Self {
            audience: Audience { own, threads },
            _marked: None,
            stays: PhantomData,
        })
    }

    /// The threads that count.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// What lives now.
    #[inline]
    pub fn live(&self) -> Live {
        self.live_beside().0
    }

    /// What lives now, and the events so far of which [`Watch::elsewhere`] tells more.
    #[inline]
    pub fn live_beside(&self) -> (Live, u64) {
        let add = |sum: Live, block: &Block| Live {
            bytes: sum.bytes.wrapping_add(block.live()),
            blocks: sum.blocks.wrapping_add(block.live_blocks()),
        };
        let none = Live::default();
        match self.audience.threads {
            Threads::Own => (add(none, self.audience.own), 0),
            Threads::All => (block::with_late().fold(none, add), 0),
            Threads::Marked(mark) => {
                let mut sum = (add(none, self.audience.own), 0_u64);
                for block in block::with_late() {
                    if std::ptr::eq(block, self.audience.own) {
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

    /// Allocations, frees and reallocations so far of the threads that count.
    pub fn events(&self) -> u64 {
        let blocks = self.audience.blocks();
        blocks.fold(0, |sum, block| sum.wrapping_add(block.events()))
    }

    /// Highest live bytes of the calling thread since [`Watch::restart_peak`].
    pub fn peak(&self) -> i64 {
        self.audience.own.peak()
    }

    /// Lets the calling thread's peak start again from what lives now. Whoever else follows it
    /// loses his own until it is given back with [`Watch::raise_peak`].
    pub fn restart_peak(&self) {
        self.audience.own.reset_peak();
    }

    /// Lets the calling thread's peak be `to` at least: what [`Watch::peak`] told before it was
    /// restarted.
    pub fn raise_peak(&self, to: i64) {
        self.audience.own.raise_peak(to);
    }

    /// What other threads did so far; nothing of a watch of this thread alone or of the process.
    pub fn elsewhere(&self) -> Elsewhere {
        let mut elsewhere = Elsewhere::default();
        if let Threads::Marked(mark) = self.audience.threads {
            for block in block::with_late() {
                if block.is_of(mark) {
                    elsewhere.started.add(block);
                } else if !std::ptr::eq(block, self.audience.own) {
                    elsewhere.others.add(block);
                }
            }
        }
        elsewhere
    }
}
