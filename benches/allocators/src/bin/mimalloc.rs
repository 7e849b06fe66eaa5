//! mimalloc.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    heapmark_allocators::main(Some(|block| {
        // SAFETY: the caller guarantees that the block is live and belongs to this allocator.
        unsafe { ALLOCATOR.usable_size(block) }
    }))
}
