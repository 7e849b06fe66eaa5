//! What heapmark's library and its tool share: plain data, the protocol of workers, and the pure
//! functions that judge both.
//!
//! ```text
//!  (no feature)  numbers for people, frames, verdicts     what a test or a program needs
//!  worker        cases, observations, the protocol        what a bench binary needs
//!  records       records, comparisons, history, profiles  what the tool needs
//! ```
//!
//! The measured binary must not change because heapmark is in it. So the first two layers bring
//! next to no crates: no serde, whose versions and features the benchmark may share.

pub mod format;
pub mod install;
pub mod origin;
pub mod record;

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
