//! The settings of a detection, and its top: measure, judge, and look once more if it failed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::report::Report;
use super::run::{self, Turn};
use super::spike::{BigStep, NoSpike, Spike};
use super::stacks;
use super::{own_process, second_pass};

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
pub struct Detector<B = NoSpike> {
    pub(super) max_steps: u64,
    pub(super) max_time: Duration,
    pub(super) max_growth: u64,
    pub(super) threads: Threads,
    pub(super) callsites: bool,
    /// What a process that is started again for the second pass is to read; `None` where the second
    /// pass runs in this one.
    pub(super) again: Option<String>,
    pub(super) spike: B,
}

/// Whose memory counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Threads {
    /// The calling thread's.
    This,
    /// And that of the threads that setup and steps start.
    Own,
    /// Every thread's.
    All,
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector {
    /// At most 200,000 steps, 20 seconds and 1 GiB of growth; the calling thread and those that
    /// setup and steps start; call stacks when it fails; no spike.
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
    /// Steps at most. Verdicts hold for so many: what starts to grow later was not seen, and
    /// what stops to grow later is growth. At least 256 are needed to say anything.
    pub fn max_steps(mut self, steps: u64) -> Self {
        self.max_steps = steps;
        self
    }

    /// Time at most. A detection that it stops is undecided, unless the steps so far leave no
    /// doubt. A second pass keeps to it too, but for that which names the places of a leak: it may
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
    /// as if it stayed. Otherwise the threads that setup and steps start count as well, and those
    /// that these start. Whether the other threads work for the steps is not known, so that the
    /// verdict is [undecided](super::Verdict::Undecided) if their allocations could change it.
    pub fn this_thread_only(mut self, only: bool) -> Self {
        self.threads = match only {
            true => Threads::This,
            false => Threads::Own,
        };
        self
    }

    /// Whether every thread of the process counts: for steps that use a pool which was there before,
    /// in a process in which nothing else allocates. [`leak_test!`](crate::leak_test) has such a
    /// process, and counts all threads.
    pub fn all_threads(mut self, all: bool) -> Self {
        self.threads = match all {
            true => Threads::All,
            false => Threads::Own,
        };
        self
    }

    /// Lets the second pass run in a process that is started as this one was, and reads `input`.
    #[cfg(feature = "bench")]
    pub(crate) fn second_pass_in_fresh_process(mut self, input: String) -> Self {
        self.again = Some(input);
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
        // Threads that the first pass has started belong to the second pass as well.
        let (mut report, watch) = run::measure(&mut self, &mut setup, &mut step);
        report.caller = Some(caller);
        if self.callsites && report.wants_a_closer_look(self.max_time) {
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

/// What a second pass found. A setup may work only once; what the first pass found stays true.
fn caught(look: impl FnOnce() -> second_pass::Found) -> second_pass::Found {
    catch_unwind(AssertUnwindSafe(look)).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        let words = words.unwrap_or("without words");
        Err(format!("the second pass panicked: {words}"))
    })
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
