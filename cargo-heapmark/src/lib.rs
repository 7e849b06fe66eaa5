//! The tool `cargo heapmark`: builds and runs benchmarks, stores records, compares revisions,
//! profiles programs and renders the site.

pub mod cli;
pub mod event;
pub mod lock;
pub mod profile;
pub mod publish;
pub mod runner;
pub mod serve;
pub mod store;
pub mod terminal;
