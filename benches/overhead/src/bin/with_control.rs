//! heapmark counting per thread, with stats_alloc as the control counter, as in the count pass.
//! heapmark never measures time in this state.

use std::process::ExitCode;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn main() -> ExitCode {
    let _open = heapmark::__private::alloc::open_with_control();
    heapmark_overhead::measure()
}
