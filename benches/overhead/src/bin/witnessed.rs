//! heapmark counting in each thread, with stats_alloc as its witness: the count pass, never timed.

use std::process::ExitCode;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn main() -> ExitCode {
    let _open = heapmark::__private::alloc::open_witnessed();
    heapmark_overhead::measure()
}
