//! The load of a server that is profiled: the same requests in the same order under every tool,
//! so that counts compare, over connections that are kept.
//!
//! ```text
//! Mix ──▶ request i of the schedule ──▶ kept connections ──▶ Outcome
//! file    path, body, status wanted     loopback only        statuses, percentiles
//! ```
//!
//! It is not for finding a server's limit: each connection has one request on its way at a time.

mod mix;
mod outcome;
mod round;

pub use mix::{Mix, MixError};
pub use outcome::Outcome;
pub use round::{Amount, LoadError, Target, round};
