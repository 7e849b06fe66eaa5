//! Sums of the threads' counters, and differences of such sums.

use std::ops::Sub;

/// Number of size classes: one for each power of two to which a size in bytes can be rounded up.
pub const CLASSES: usize = usize::BITS as usize + 1;

/// Sums of counters since the process started, or the difference of two such sums.
///
/// Only differences are meaningful: sums may start at any value. They wrap instead of panicking,
/// because they are computed while the allocator counts.
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
    /// Blocks allocated; failed requests are not counted.
    pub allocs: u64,
    /// Blocks freed.
    pub frees: u64,
    /// Blocks resized.
    pub reallocs: u64,
    /// Requested bytes: new blocks plus the growth of resized blocks.
    pub bytes: u64,
    /// Bytes allocated minus bytes freed.
    pub live: i64,
    /// Allocs and reallocs by the power of two at or above their size: class `k` holds sizes from
    /// 2ᵏ⁻¹ + 1 to 2ᵏ bytes, and class 0 sizes 0 and 1.
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
    /// Sums over all threads of the process, including ended ones.
    pub fn of_process() -> Self {
        super::block::totals()
    }

    /// The calling thread's sums. They may start with the counts of an ended thread whose counters
    /// this thread has taken over. All zero if the thread is ending and has no counters.
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
