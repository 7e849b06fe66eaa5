//! Whatever a file holds, reading it as a profile ends, and with an error at worst.
//!
//! `cargo +nightly fuzz run profile cargo-heapmark/tests/fixtures/profiles` begins with what the tools wrote.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(cargo_heapmark::profile::parse(data)));
