//! The tool `cargo heapmark`: builds and runs benchmarks, stores what was measured, compares it,
//! profiles programs and makes the site.

pub mod cli;
pub mod event;
pub mod profile;
pub mod publish;
pub mod runner;
pub mod serve;
pub mod store;
pub mod terminal;
