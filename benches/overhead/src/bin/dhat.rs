//! dhat with a running profiler: one call stack and one lock per allocation.

use std::process::ExitCode;

#[global_allocator]
static ALLOC: dhat::Alloc = dhat::Alloc;

fn main() -> ExitCode {
    // Testing mode costs the same and writes no file.
    let _profiler = dhat::Profiler::builder().testing().build();
    heapmark_overhead::measure()
}
