//! What is held against what.

use serde::Serialize;

/// One wrapper's time over another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Comparison {
    pub measured: &'static str,
    pub base: &'static str,
}

/// The same program in another layout: what a ratio is worth that is not 1.
pub const SAME: Comparison = against("plain", "plain");
/// The cost of heapmark where it is installed and nobody counts.
pub const CLOSED: Comparison = against("closed", "plain");
/// The cost of counting, over what a program has that declares no allocator.
pub const LOCAL: Comparison = against("local", "default");

/// All of them, in the order of the table.
pub const COMPARISONS: [Comparison; 11] = [
    SAME,
    against("default", "plain"),
    CLOSED,
    against("closed", "default"),
    against("local", "plain"),
    LOCAL,
    against("witnessed", "plain"),
    against("tracked", "plain"),
    against("stats_alloc", "plain"),
    against("divan", "plain"),
    against("dhat", "plain"),
];

/// Numbers of threads that each comparison is made on.
pub const THREADS: [usize; 2] = [1, 2];

impl Comparison {
    /// Whether there is anything to measure on so many threads. The lock of dhat lets its threads
    /// run by turns only, and a time is taken while they run side by side.
    pub fn is_made_on(self, threads: usize) -> bool {
        threads == 1 || self.measured != "dhat"
    }
}

/// Every comparison on every number of threads that it is made on.
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
