//! What lives at this moment, read often: a few loads for each thread, no lock, no allocation.
//!
//! ```text
//!  threads          process   this thread   this and later threads
//!  earlier            ×                      foreign
//!  the caller         ×           ×             ×
//!  later              ×                         ×
//! ```

use std::marker::PhantomData;
use std::ops::Sub;

use super::block::{self, Block};

/// Live memory, as far as it was allocated and freed while the gate was open. Only differences
/// mean something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Bytes allocated minus bytes freed.
    pub bytes: i64,
    /// Blocks allocated minus blocks freed.
    pub blocks: i64,
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
/// let watch = heapmark::alloc::Watch::of_this_thread().expect("the thread is not ending");
/// let counting = heapmark::alloc::open();
/// let before = watch.live();
/// let kept = vec![0_u8; 100];
/// let change = watch.live() - before;
/// drop(counting);
/// assert_eq!((change.bytes, change.blocks), (100, 1));
/// # drop(kept);
/// ```
#[derive(Clone, Debug)]
pub struct Watch {
    audience: Audience,
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
        let is_own = |block: &'static Block| std::ptr::eq(block, self.own);
        match (self.threads, Block::taken()) {
            (Threads::All, _) => true,
            (Threads::Own, block) => block.is_some_and(is_own),
            (Threads::Since(era), block) => {
                block.is_some_and(|block| is_own(block) || block.is_since(era))
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Threads {
    All,
    Own,
    Since(u64),
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

    /// Of the calling thread, and of all whose first allocation with the gate open is still to
    /// come.
    pub fn of_this_and_later_threads() -> Option<Self> {
        Self::of(Threads::Since(block::begin_era()))
    }

    fn of(threads: Threads) -> Option<Self> {
        let own = Block::own()?;
        Some(Self {
            audience: Audience { own, threads },
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
        let add = |sum: Live, block: &Block| Live {
            bytes: sum.bytes.wrapping_add(block.live()),
            blocks: sum.blocks.wrapping_add(block.live_blocks()),
        };
        let none = Live::default();
        match self.audience.threads {
            Threads::All => block::with_late().fold(none, add),
            Threads::Own => add(none, self.audience.own),
            Threads::Since(era) => {
                let later = block::with_late().filter(|block| block.is_since(era));
                later.fold(add(none, self.audience.own), add)
            }
        }
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

    /// Events so far of the threads that this watch leaves out although their work may belong to
    /// the caller's: those before [`Watch::of_this_and_later_threads`], zero for other watches.
    pub fn foreign_events(&self) -> u64 {
        let Threads::Since(era) = self.audience.threads else {
            return 0;
        };
        let earlier = block::with_late()
            .filter(|block| !block.is_since(era) && !std::ptr::eq(*block, self.audience.own));
        earlier.fold(0, |sum, block| sum.wrapping_add(block.events()))
    }
}
