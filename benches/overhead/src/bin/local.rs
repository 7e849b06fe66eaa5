//! heapmark with the gate open, counting per thread.

use std::process::ExitCode;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn main() -> ExitCode {
    let _open = heapmark::__private::alloc::open();
    heapmark_overhead::measure()
}
