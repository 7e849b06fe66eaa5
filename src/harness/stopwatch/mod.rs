//! Times a case for the terminal. One launch is not enough to judge a change; use
//! `cargo heapmark compare` for that.

#[cfg(feature = "criterion")]
mod by_criterion;
#[cfg(not(feature = "criterion"))]
mod by_launches;

#[cfg(feature = "criterion")]
pub(super) use by_criterion::Stopwatch;
#[cfg(not(feature = "criterion"))]
pub(super) use by_launches::Stopwatch;
