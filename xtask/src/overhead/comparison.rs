//! The comparisons: which wrapper is compared with which base.

use serde::Serialize;

/// The time of one wrapper divided by the time of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Comparison {
    pub measured: &'static str,
    pub base: &'static str,
}

/// The same program in another link order: the noise of a ratio.
pub const SAME: Comparison = against("plain", "plain");
/// The cost of heapmark if it is installed and does not count.
pub const CLOSED: Comparison = against("closed", "plain");
/// The cost of counting, compared with a program that declares no allocator.
pub const LOCAL: Comparison = against("local", "default");

/// All comparisons, in the order of the table.
pub const COMPARISONS: [Comparison; 11] = [
    SAME,
    against("default", "plain"),
    CLOSED,
    against("closed", "default"),
    against("local", "plain"),
    LOCAL,
    against("with_control", "plain"),
    against("tracked", "plain"),
    against("stats_alloc", "plain"),
    against("divan", "plain"),
    against("dhat", "plain"),
];

/// Numbers of threads on which each comparison is made.
pub const THREADS: [usize; 2] = [1, 2];

impl Comparison {
    /// Whether the comparison is measured on this number of threads. The lock of dhat lets only one
    /// thread run at a time, and a time counts only if all threads run at the same time.
    pub fn is_made_on(self, threads: usize) -> bool {
        threads == 1 || self.measured != "dhat"
    }
}

/// Every comparison with every number of threads on which it is made.
pub fn all() -> Vec<(Comparison, usize)> {
    let on_threads = |comparison: Comparison| {
        let made = THREADS.iter().filter(move |&&on| comparison.is_made_on(on));
        made.map(move |&threads| (comparison, threads))
    };
    COMPARISONS.into_iter().flat_map(on_threads).collect()
}

const fn against(measured: &'static str, base: &'static str) -> Comparison {
    Comparison { measured, base }
}
