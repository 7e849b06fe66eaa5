//! What to do about the heap once it has been measured: an arena for what one request needs, a
//! pool for what every request needs again, and the state of the heap for who watches both.
//!
//! ```text
//!  arena   many small blocks ──▶ one chunk, emptied at the end of a scope
//!  pool    one costly object ──▶ handed out again and again, within a bound
//!  stats   what lives, what ever did, and how often the two above helped
//! ```
//!
//! They are for programs, not for measuring: nothing here knows of benchmarks, and nothing in the
//! benchmarks depends on it. Where a crate does a job better, `docs/remedies.md` says so.

pub mod arena;
pub mod pool;
pub mod stats;
