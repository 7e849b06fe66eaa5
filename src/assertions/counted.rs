//! Counts what the calling thread does to the heap between two points in time.

use crate::alloc::{self, Open, Totals, Watch};

/// Counts until [`finish`](Self::finish) is called.
#[derive(Debug)]
#[must_use = "it counts until `finish` is called"]
pub struct Counting {
    _open: Open,
    watch: Watch,
    before: Totals,
    /// The peak of the enclosing count so far. It is restored at the end, because a thread has only
    /// one peak counter.
    outer_peak: i64,
}

/// The counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counted {
    /// Allocations and reallocations: each requests memory from the allocator.
    pub allocs: u64,
    /// Highest live bytes, minus those at the start.
    pub peak: u64,
    /// Live bytes, minus those at the start. Negative if more was freed than allocated.
    pub retained: i64,
}

const ENDING: &str = "cannot count in the destructors of an ending thread; count before it ends";

impl Counting {
    /// Starts to count.
    ///
    /// # Panics
    ///
    /// If heapmark's allocator is not installed, or if called in the destructors of an ending
    /// thread.
    #[track_caller]
    #[expect(
        clippy::expect_used,
        reason = "the panic is documented: an assertion that cannot count must not pass"
    )]
    pub fn start() -> Self {
        crate::leak::require_allocator();
        let watch = Watch::of_this_thread().expect(ENDING);
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
    /// Restores the outer peak, also if the block was left early by `?` or by a panic.
    fn drop(&mut self) {
        self.watch.raise_peak(self.outer_peak);
    }
}

/// Panics unless `holds`, the result of an assertion macro. The unit is given as singular and
/// plural.
///
/// # Panics
///
/// If the assertion does not hold; the message contains both numbers.
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
