//! dhat with a running profiler: one call stack and one lock an allocation.

use std::process::ExitCode;

#[global_allocator]
static ALLOC: dhat::Alloc = dhat::Alloc;

fn main() -> ExitCode {
    // Testing mode costs the same while it runs, and writes no file at its end.
    let _profiler = dhat::Profiler::builder().testing().build();
    heapmark_overhead::measure()
}
