//! heapmark with its gate closed, as in every timed pass.

use std::process::ExitCode;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn main() -> ExitCode {
    heapmark_overhead::measure()
}
