//! The load client for a server under a memory tool. It sends the same requests in the same order
//! under every tool, over kept-alive connections, so that the counts of the tools are comparable.
//!
//! ```text
//! Mix ──▶ request i of the schedule ──▶ kept connections ──▶ Outcome
//! file    path, body, expected status   loopback only        statuses, percentiles
//! ```
//!
//! It does not measure a server's maximum throughput: each connection has one request in flight.

mod mix;
mod outcome;
mod round;

pub use mix::{Mix, MixError};
pub use outcome::Outcome;
pub use round::{Amount, LoadError, Target, round};
