//! The `AllocProfiler` of divan. It has no switch: on Linux it counts from the first allocation of
//! each thread, inside and outside of a divan bench alike, so the plain loop measures what a
//! divan user's timed code pays.

use std::process::ExitCode;

use divan::AllocProfiler;

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

fn main() -> ExitCode {
    heapmark_overhead::measure()
}
