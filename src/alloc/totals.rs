use std::ops::Sub;

/// Number of size classes: one for each power of two that a size in bytes can be rounded up to.
pub const CLASSES: usize = usize::BITS as usize + 1;

/// Sums of counters since the process began to count, or the difference of two such sums.
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

    /// The calling thread's own sums.
    pub fn of_this_thread() -> Self {
        super::block::Block::own().map_or_else(Self::default, super::block::Block::totals)
    }

    /// Allocs, frees and reallocs together.
    pub fn events(&self) -> u64 {
        self.allocs + self.frees + self.reallocs
    }
}

impl Sub for Totals {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        let mut classes = self.classes;
        for (class, earlier) in classes.iter_mut().zip(earlier.classes) {
            *class -= earlier;
        }
        Self {
            allocs: self.allocs - earlier.allocs,
            frees: self.frees - earlier.frees,
            reallocs: self.reallocs - earlier.reallocs,
            bytes: self.bytes - earlier.bytes,
            live: self.live - earlier.live,
            classes,
        }
    }
}
