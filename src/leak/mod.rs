//! Finds growth: live memory that rises with the number of steps without bound.
//!
//! ```text
//!  setup ──▶ state ──▶ step, step, step … ──▶ series ──▶ judge ──▶ verdict ──▶ report
//!                       what lives is read    bounded     pure        │
//!                       after each            memory                  └─ failed? once more,
//!                                                                        with call stacks
//! ```
//!
//! It is not for memory that is merely lost at exit, and not for high-water marks, except after
//! a declared [spike](Detector::spike). `docs/leaks.md` says how it decides and what it cannot.

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

/// Runs `step` on what `setup` makes until it is sure whether memory grows, with the default
/// settings of [`Detector`].
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
/// Where heapmark's allocator is not installed, and wherever `setup` or `step` panics.
#[track_caller]
pub fn detect<S, R>(setup: impl FnMut() -> S, step: impl FnMut(&mut S) -> R) -> Report {
    Detector::new().run(setup, step)
}
