//! Finds leaks: live memory that grows without bound as steps are repeated.
//!
//! ```text
//!  setup ──▶ state ──▶ step, step, step … ──▶ series ──▶ judge ──▶ verdict ──▶ report
//!                       live memory is read   bounded     pure        │
//!                       after each step       memory                  └─ not steady? second pass
//!                                                                        with call stacks
//! ```
//!
//! Memory that is not freed at exit is not a leak unless it grows. A buffer that stays large after
//! one large step is reported only if a [spike](Detector::spike) is declared. `docs/leaks.md`
//! explains how the detector decides, and what it cannot find.

mod callsite;
mod detector;
mod idle;
mod judge;
mod others;
mod own_process;
mod report;
mod run;
mod second_pass;
mod series;
mod spike;
mod stacks;
mod watchdog;

pub use callsite::Callsite;
pub use detector::Detector;
pub(crate) use detector::require_allocator;
pub use heapmark_model::record::Frame;
#[doc(hidden)]
pub use own_process::LeakTest;
#[doc(hidden)]
pub use report::PARTS;
pub use report::{Report, Verdict, Window};
#[doc(hidden)]
pub use spike::{BigStep, NoSpike, Spike};

/// Runs `step` repeatedly on the state that `setup` returns, and reports whether live memory grows.
/// Uses the default settings of [`Detector`].
///
/// ```
/// #[global_allocator]
/// static ALLOC: heapmark::Alloc = heapmark::Alloc::system();
///
/// let report = heapmark::leak::detect(Vec::new, |lines: &mut Vec<String>| {
///     lines.push(String::from("one line more"));
/// });
/// assert_eq!(report.verdict, heapmark::leak::Verdict::Leak);
/// assert!(report.bytes_per_step > 13.0);
/// ```
///
/// # Panics
///
/// If heapmark's allocator is not installed, if it is called inside another detection, or if
/// `setup` or `step` panics.
#[track_caller]
pub fn detect<S, R>(setup: impl FnMut() -> S, step: impl FnMut(&mut S) -> R) -> Report {
    Detector::new().run(setup, step)
}
