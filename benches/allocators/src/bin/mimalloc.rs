//! mimalloc.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    heapmark_allocators::main(Some(|block| {
        // SAFETY: the block is live and came from this allocator, which is what the caller promises.
        unsafe { ALLOCATOR.usable_size(block) }
    }))
}
