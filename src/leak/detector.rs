//! The settings of a detection and its entry point: measures, judges, and starts the second pass if
//! the first pass found a leak or could not rule one out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::report::Report;
use super::run::{self, Turn};
use super::spike::{BigStep, NoSpike, Spike};
use super::stacks;
use super::{own_process, second_pass};

/// Runs steps and reports whether live memory grows with their number.
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
///         line.push_str("the same capacity again");
///     });
/// assert_eq!(report.verdict, Verdict::Steady);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a detector does nothing before it runs"]
pub struct Detector<B = NoSpike> {
    pub(super) max_steps: u64,
    pub(super) max_time: Duration,
    pub(super) max_growth: u64,
    pub(super) threads: Threads,
    pub(super) callsites: bool,
    /// Input for the separate process of the second pass; `None` if the second pass runs in this
    /// process.
    pub(super) again: Option<String>,
    pub(super) spike: B,
}

/// The threads whose memory counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Threads {
    /// Only the calling thread.
    This,
    /// The calling thread, and the threads that setup and steps start.
    Own,
    /// Every thread of the process.
    All,
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector {
    /// Creates a detector with the defaults:
    ///
    /// - at most 200,000 steps, 20 seconds and 1 GiB of growth
    /// - the calling thread counts, and the threads that setup and steps start
    /// - a second pass with call stacks if the first pass found a leak or could not rule one out
    /// - no spike
    pub fn new() -> Self {
        Self {
            max_steps: 200_000,
            max_time: Duration::from_secs(20),
            max_growth: 1 << 30,
            threads: Threads::Own,
            callsites: true,
            again: None,
            spike: NoSpike,
        }
    }
}

impl<B> Detector<B> {
    /// Sets the maximum number of steps. With fewer than 256 steps the verdict is always undecided.
    ///
    /// A verdict applies only to the steps that were run. Growth that would start later is not
    /// found. Growth that would stop later is reported as a leak.
    pub fn max_steps(mut self, steps: u64) -> Self {
        self.max_steps = steps;
        self
    }

    /// Sets the time limit. If it is reached, the verdict is undecided, unless the steps so far are
    /// enough for another verdict.
    ///
    /// The limit applies to both passes together. There is one exception: if the first pass found a
    /// leak, the second pass may take this time again, plus ten seconds, to find its call sites.
    ///
    /// A step cannot be interrupted. heapmark therefore ends the process if a pass takes more than
    /// twice its limit, and more than one second.
    pub fn max_time(mut self, time: Duration) -> Self {
        self.max_time = time;
        self
    }

    /// Sets the maximum growth in bytes, so that a leak does not exhaust the machine's memory. When
    /// live memory has grown by this much, no more steps are run, and the steps so far are judged.
    pub fn max_growth(mut self, bytes: u64) -> Self {
        self.max_growth = bytes;
        self
    }

    /// Counts only the calling thread if `only` is true. Memory that the calling thread allocates
    /// and another thread frees then looks like a leak.
    ///
    /// By default, the calling thread counts, the threads that setup and steps start, and the
    /// threads that those start. heapmark cannot know whether another thread works for the steps.
    /// If the allocations of such threads could change the verdict, it is
    /// [undecided](super::Verdict::Undecided).
    pub fn this_thread_only(mut self, only: bool) -> Self {
        self.threads = match only {
            true => Threads::This,
            false => Threads::Own,
        };
        self
    }

    /// Counts every thread of the process if `all` is true. Use it if the steps use a thread pool
    /// that existed before, in a process in which no other code allocates.
    /// [`leak_test!`](crate::leak_test) runs in such a process and counts all threads.
    pub fn all_threads(mut self, all: bool) -> Self {
        self.threads = match all {
            true => Threads::All,
            false => Threads::Own,
        };
        self
    }

    /// Runs the second pass in a process that is started like this one and reads `input`.
    #[cfg(feature = "bench")]
    pub(crate) fn second_pass_in_fresh_process(mut self, input: String) -> Self {
        self.again = Some(input);
        self
    }

    /// Enables the second pass (on by default). It repeats the steps with call stacks if the first
    /// pass found a leak or could not rule one out. The report then lists the call sites that grow.
    /// The second pass also finds a leak that is hidden by a larger block that is repeatedly
    /// allocated and freed.
    pub fn callsites(mut self, collect: bool) -> Self {
        self.callsites = collect;
        self
    }

    /// Declares a spike: one unusually large step, which runs after the first tenth of the small
    /// steps. The verdict is [`Verdict::Retains`](super::Verdict::Retains) if live memory then
    /// stays above four times the most that the small steps need.
    ///
    /// ```
    /// use heapmark::leak::{Detector, Verdict};
    ///
    /// #[global_allocator]
    /// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
    ///
    /// let report = Detector::new()
    ///     .spike(|line: &mut String| line.push_str(&"x".repeat(1_000_000)))
    ///     .run(String::new, |line: &mut String| {
    ///         line.clear();
    ///         line.push_str("hello");
    ///     });
    /// assert_eq!(report.verdict, Verdict::Retains);
    /// ```
    pub fn spike<F>(self, big_step: F) -> Detector<Spike<F>> {
        Detector {
            max_steps: self.max_steps,
            max_time: self.max_time,
            max_growth: self.max_growth,
            threads: self.threads,
            callsites: self.callsites,
            again: self.again,
            spike: Spike(big_step),
        }
    }

    /// Calls `setup`, then runs steps until the verdict is certain or a limit is reached. If this
    /// found a leak or could not rule one out, a second pass repeats it with call stacks. `setup`
    /// may therefore be called twice.
    ///
    /// # Panics
    ///
    /// - if heapmark's allocator is not installed
    /// - if it is called inside the setup or a step of another detection
    /// - if `setup` or a step panics
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
        if own_process::is_child() {
            self.threads = Threads::All;
            self.again = Some(String::new());
        }
        if let Some(first) = second_pass::asked() {
            let last_words = || second_pass::LATE;
            let watch = run::watch(self.threads);
            let look =
                || stacks::look(&mut self, &mut setup, &mut step, &first, &watch, last_words);
            second_pass::answer(&caught(look));
        }
        // The second pass also counts the threads that the first pass has started.
        let (mut report, watch) = run::measure(&mut self, &mut setup, &mut step);
        report.caller = Some(caller);
        if self.callsites && report.wants_second_pass(self.max_time) {
            let first = report.first();
            let found = match &self.again {
                Some(input) => second_pass::ask(&first, input, stacks::limit(&self, &first)),
                None => {
                    report.announce_the_second_pass();
                    let limit = stacks::limit(&self, &first);
                    let unfinished = report.clone();
                    let last_words = move || unfinished.give_up(limit);
                    let watch = match report.is_proved_here() {
                        true => run::watch(Threads::This),
                        false => watch,
                    };
                    let look = || {
                        stacks::look(&mut self, &mut setup, &mut step, &first, &watch, last_words)
                    };
                    caught(look)
                }
            };
            report.add(found);
        }
        drop(turn);
        report
    }
}

/// Runs the second pass. If it panics, the panic becomes the reason why it has no result: a setup
/// may work only once, and the verdict of the first pass must not be lost in this case.
fn caught(look: impl FnOnce() -> second_pass::Found) -> second_pass::Found {
    catch_unwind(AssertUnwindSafe(look)).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        let words = words.unwrap_or("no message");
        Err(format!("the second pass panicked: {words}"))
    })
}

/// Checks that allocations can be counted.
///
/// # Panics
///
/// If heapmark's allocator is not installed.
#[track_caller]
pub(crate) fn require_allocator() {
    assert!(
        crate::alloc::is_installed(),
        "heapmark {} cannot count the memory of this program: its allocator is not installed. \
         Add these lines to the test, bench or main file:\n\n{}\n\n\
         If the file has these lines, the allocator is from another version of heapmark: \
         run `cargo tree -d`.",
        env!("CARGO_PKG_VERSION"),
        crate::alloc::INSTALL_HINT,
    );
}
