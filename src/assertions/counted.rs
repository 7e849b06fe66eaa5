//! What the calling thread does to the heap between two moments.

use crate::alloc::{self, Open, Totals, Watch};

/// Counts until it is finished.
#[derive(Debug)]
#[must_use = "it counts until it is finished"]
pub struct Counting {
    _open: Open,
    watch: Watch,
    before: Totals,
    /// The peak so far of whoever counts around this: a thread has one.
    outer_peak: i64,
}

/// What was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counted {
    /// Blocks that were allocated or resized: each asks the allocator for memory.
    pub allocs: u64,
    /// Highest live bytes above those at the start.
    pub peak: u64,
    /// Live bytes above those at the start; negative where more was freed.
    pub retained: i64,
}

impl Counting {
    /// Starts to count.
    ///
    /// # Panics
    ///
    /// Where heapmark's allocator is not installed, and in the destructors of a thread that
    /// ends.
    #[track_caller]
    #[expect(
        clippy::expect_used,
        reason = "the panic is documented: an assertion that cannot count must not pass"
    )]
    pub fn start() -> Self {
        crate::leak::require_allocator();
        let watch = Watch::of_this_thread().expect("a thread that is ending cannot count");
        let open = alloc::open();
        let outer_peak = watch.peak();
        watch.restart_peak();
        Self {
            _open: open,
            before: Totals::of_this_thread(),
            watch,
            outer_peak,
        }
    }

    /// Reads the counters.
    pub fn finish(self) -> Counted {
        let change = Totals::of_this_thread() - self.before;
        let peak = self.watch.peak().wrapping_sub(self.before.live);
        Counted {
            allocs: change.allocs + change.reallocs,
            peak: peak.max(0).unsigned_abs(),
            retained: change.live,
        }
    }
}

impl Drop for Counting {
    /// A block that is left early, by `?` or by a panic, gives the peak back as well.
    fn drop(&mut self) {
        self.watch.raise_peak(self.outer_peak);
    }
}

/// What the macros end in; `unit` is the noun of one and of several.
///
/// # Panics
///
/// With both numbers unless the assertion `holds`.
#[track_caller]
pub fn judge(
    holds: bool,
    (operator, limit): (&str, i128),
    [one, several]: [&str; 2],
    counted: i128,
) {
    let words = match operator {
        "==" => "",
        "<=" => "at most ",
        "<" => "fewer than ",
        ">=" => "at least ",
        ">" => "more than ",
        other => &format!("{other} "),
    };
    let unit = if limit == 1 { one } else { several };
    assert!(holds, "expected {words}{limit} {unit}, counted {counted}");
}
