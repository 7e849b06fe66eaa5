//! snmalloc.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: snmalloc_rs::SnMalloc = snmalloc_rs::SnMalloc;

fn main() -> ExitCode {
    heapmark_allocators::main(Some(|block| {
        ALLOCATOR.usable_size(block).expect("a live block")
    }))
}
