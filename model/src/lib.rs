//! What heapmark's library and its tool share: plain data, the protocol of workers, and pure
//! functions that judge data.
//!
//! ```text
//!  (no feature)  formatting, frames, verdicts             what a test or a program needs
//!  worker        cases, observations, the protocol        what a bench binary needs
//!  records       records, comparisons, history, profiles  what the tool needs
//! ```
//!
//! heapmark must not change the binary that it measures. The first two layers therefore have next
//! to no dependencies, and not serde, whose version and features the benchmark may share.

pub mod format;
pub mod install;
pub mod origin;
pub mod record;

#[cfg(feature = "sources")]
#[doc(hidden)]
pub mod sources;

#[cfg(feature = "worker")]
mod agreement;
#[cfg(feature = "worker")]
mod json;
#[cfg(feature = "worker")]
pub mod launch;
#[cfg(feature = "worker")]
pub mod protocol;
#[cfg(feature = "worker")]
pub mod select;

#[cfg(feature = "records")]
pub mod analysis;
#[cfg(feature = "records")]
pub mod growth;
#[cfg(feature = "records")]
pub mod history;
#[cfg(feature = "records")]
pub mod profile;

#[cfg(feature = "worker")]
pub use agreement::agreement;
