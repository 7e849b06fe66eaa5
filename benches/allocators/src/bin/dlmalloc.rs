//! dlmalloc, which does not report usable sizes.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    heapmark_allocators::main(None)
}
