//! How long a case takes, for the developer who looks. One launch says little of a change: that is
//! what `cargo heapmark compare` is for.

#[cfg(feature = "criterion")]
mod by_criterion;
#[cfg(not(feature = "criterion"))]
mod by_launches;

#[cfg(feature = "criterion")]
pub(super) use by_criterion::Stopwatch;
#[cfg(not(feature = "criterion"))]
pub(super) use by_launches::Stopwatch;
