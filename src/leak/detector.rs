//! The settings of a detection, and its top: measure, judge, and look once more if it failed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::burst::{BigStep, Burst, NoBurst};
use super::report::Report;
use super::run::{self, Turn};
use super::stacks;

/// Looks for growth, within bounds.
///
/// ```
/// use std::time::Duration;
/// use heapmark::leak::{Detector, Verdict};
///
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let report = Detector::new()
///     .max_steps(20_000)
///     .max_time(Duration::from_secs(5))
///     .run(String::new, |line: &mut String| {
///         line.clear();
///         line.push_str("the same room again");
///     });
/// assert_eq!(report.verdict, Verdict::Steady);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a detector does nothing before it runs"]
pub struct Detector<B = NoBurst> {
    pub(super) max_steps: u64,
    pub(super) max_time: Duration,
    pub(super) max_growth: u64,
    pub(super) this_thread_only: bool,
    pub(super) callsites: bool,
    pub(super) burst: B,
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector {
    /// At most 200,000 steps, 20 seconds and 1 GiB of growth; all threads; call stacks when it
    /// fails; no burst.
    pub fn new() -> Self {
        Self {
            max_steps: 200_000,
            max_time: Duration::from_secs(20),
            max_growth: 1 << 30,
            this_thread_only: false,
            callsites: true,
            burst: NoBurst,
        }
    }
}

impl<B> Detector<B> {
    /// Steps at most. Verdicts hold for so many: what starts to grow later was not seen, and
    /// what stops to grow later is growth. At least 256 are needed to say anything.
    pub fn max_steps(mut self, steps: u64) -> Self {
        self.max_steps = steps;
        self
    }

    /// Time at most. A detection that it stops is undecided, unless the steps so far leave no
    /// doubt. A second run keeps to it too, but for that which names the places of a leak: it may
    /// take as long again, and ten seconds more. What has not come to an end after twice its time
    /// ends the process, and after a second at least.
    pub fn max_time(mut self, time: Duration) -> Self {
        self.max_time = time;
        self
    }

    /// Bytes that memory may grow by at most, so that a leak does not take the machine with it.
    /// When it is reached the steps so far are judged.
    pub fn max_growth(mut self, bytes: u64) -> Self {
        self.max_growth = bytes;
        self
    }

    /// Whether only the calling thread counts; what it hands over to be freed by others then looks
    /// as if it stayed. Otherwise all threads do, or, in a test that runs
    /// beside others, the calling one and those that are new since the setup began.
    pub fn this_thread_only(mut self, only: bool) -> Self {
        self.this_thread_only = only;
        self
    }

    /// Whether a detection that found growth, or was not sure, runs again with call stacks: to name
    /// those that grow, and to see what something larger hides that comes and goes.
    pub fn callsites(mut self, collect: bool) -> Self {
        self.callsites = collect;
        self
    }

    /// Declares one big step, which is taken after the first tenth of the small ones. A level
    /// that stays far above what the small steps need is then [`Verdict::Retains`](super::Verdict::Retains).
    ///
    /// ```
    /// use heapmark::leak::{Detector, Verdict};
    ///
    /// #[global_allocator]
    /// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
    ///
    /// let report = Detector::new()
    ///     .burst(|line: &mut String| line.push_str(&"x".repeat(1_000_000)))
    ///     .run(String::new, |line: &mut String| {
    ///         line.clear();
    ///         line.push_str("hello");
    ///     });
    /// assert_eq!(report.verdict, Verdict::Retains);
    /// ```
    pub fn burst<F>(self, big_step: F) -> Detector<Burst<F>> {
        Detector {
            max_steps: self.max_steps,
            max_time: self.max_time,
            max_growth: self.max_growth,
            this_thread_only: self.this_thread_only,
            callsites: self.callsites,
            burst: Burst(big_step),
        }
    }

    /// Sets up, then runs steps until it is sure or out of bounds; and once more, with call stacks,
    /// where that was not plainly steady. So `setup` may be called twice.
    ///
    /// # Panics
    ///
    /// Where heapmark's allocator is not installed, inside of another detection's setup or step,
    /// and wherever `setup` or a step panics.
    #[track_caller]
    pub fn run<S, R>(
        mut self,
        mut setup: impl FnMut() -> S,
        mut step: impl FnMut(&mut S) -> R,
    ) -> Report
    where
        B: BigStep<S>,
    {
        require_allocator();
        let caller = std::panic::Location::caller();
        let turn = Turn::take();
        let mut report = run::measure(&mut self, &mut setup, &mut step);
        report.caller = Some(caller);
        if self.callsites && report.wants_a_closer_look(self.max_time) {
            let look = || stacks::look(&mut self, &mut setup, &mut step, &report);
            // A setup may work only once; what was found stays true.
            match catch_unwind(AssertUnwindSafe(look)) {
                Ok(closer) => report.look_closer(closer),
                Err(panic) => report.miss_the_second_pass(&*panic),
            }
        }
        drop(turn);
        report
    }
}

/// Refuses to look where nothing can be seen.
///
/// # Panics
///
/// Where heapmark's allocator is not installed.
#[track_caller]
pub(crate) fn require_allocator() {
    assert!(
        crate::alloc::is_installed(),
        "heapmark {} cannot see this program's memory: its allocator is not installed. \
         Add these lines to the test, bench or main file:\n\n{}\n\n\
         If they are there, another version of heapmark owns the allocator: see `cargo tree -d`.",
        env!("CARGO_PKG_VERSION"),
        crate::alloc::INSTALL_HINT,
    );
}
