//! Parsing any bytes as a profile must end, and must not panic. An error is allowed.
//!
//! `cargo +nightly fuzz run profile cargo-heapmark/tests/fixtures/profiles` starts with the output
//! of real tools.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(cargo_heapmark::profile::parse(data)));
