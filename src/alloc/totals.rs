use std::ops::Sub;

/// Number of size classes: one for each power of two that a size in bytes can be rounded up to.
pub const CLASSES: usize = usize::BITS as usize + 1;

/// Sums of counters since the process began to count, or the difference of two such sums.
///
/// Only differences mean something: sums start anywhere, and wrap rather than panic, since they
/// are taken while the allocator counts.
///
/// ```
/// use heapmark::__private::alloc::{Totals, open};
///
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let counting = open();
/// let before = Totals::of_this_thread();
/// let text = String::from("hello");
/// let change = Totals::of_this_thread() - before;
/// drop(counting);
/// assert_eq!((change.allocs, change.bytes, change.live), (1, 5, 5));
/// # drop(text);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Blocks asked for and granted.
    pub allocs: u64,
    /// Blocks given back.
    pub frees: u64,
    /// Blocks resized.
    pub reallocs: u64,
    /// Requested bytes: new blocks plus the growth of resized ones.
    pub bytes: u64,
    /// Bytes allocated minus bytes freed.
    pub live: i64,
    /// Requests by the power of two at or above their size; class `k` holds sizes up to 2ᵏ.
    pub classes: [u64; CLASSES],
}

impl Default for Totals {
    fn default() -> Self {
        Self {
            allocs: 0,
            frees: 0,
            reallocs: 0,
            bytes: 0,
            live: 0,
            classes: [0; CLASSES],
        }
    }
}

impl Totals {
    /// Sums over all threads of the process, ended ones too.
    pub fn of_process() -> Self {
        super::block::totals()
    }

    /// The calling thread's own sums. They start with what an ended thread left behind, whose
    /// counters this one may have taken over; all zero where the thread is too near its end to
    /// have any.
    pub fn of_this_thread() -> Self {
        super::block::Block::own().map_or_else(Self::default, super::block::Block::totals)
    }

    /// Allocs, frees and reallocs together.
    pub fn events(&self) -> u64 {
        let handed_over = self.allocs.wrapping_add(self.frees);
        handed_over.wrapping_add(self.reallocs)
    }
}

impl Sub for Totals {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        let mut classes = self.classes;
        for (class, earlier) in classes.iter_mut().zip(earlier.classes) {
            *class = class.wrapping_sub(earlier);
        }
        Self {
            allocs: self.allocs.wrapping_sub(earlier.allocs),
            frees: self.frees.wrapping_sub(earlier.frees),
            reallocs: self.reallocs.wrapping_sub(earlier.reallocs),
            bytes: self.bytes.wrapping_sub(earlier.bytes),
            live: self.live.wrapping_sub(earlier.live),
            classes,
        }
    }
}
