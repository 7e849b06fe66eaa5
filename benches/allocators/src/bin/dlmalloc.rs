//! dlmalloc, which cannot be asked what it gave for a request.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    heapmark_allocators::main(None)
}
