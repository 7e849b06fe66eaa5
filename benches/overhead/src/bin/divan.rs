//! divan's `AllocProfiler`. It cannot be switched off: on Linux it counts from the first allocation
//! of each thread, inside and outside a divan bench. The plain loop therefore has the same cost as
//! code that divan times.

use std::process::ExitCode;

use divan::AllocProfiler;

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

fn main() -> ExitCode {
    heapmark_overhead::measure()
}
