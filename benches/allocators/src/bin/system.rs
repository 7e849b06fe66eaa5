//! The allocator of the platform's C library.

use std::process::ExitCode;

fn main() -> ExitCode {
    heapmark_allocators::main(Some(|block| {
        // SAFETY: the caller guarantees that the block is live and belongs to this allocator.
        unsafe { libc::malloc_usable_size(block.cast_mut().cast()) }
    }))
}
