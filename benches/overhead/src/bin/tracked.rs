//! heapmark tracking the heap of the whole process, as with `heapmark::stats::track`.

use std::process::ExitCode;

use heapmark::stats::track;

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

fn main() -> ExitCode {
    match track() {
        Ok(_tracking) => heapmark_overhead::measure(),
        Err(_) => ExitCode::from(2),
    }
}
