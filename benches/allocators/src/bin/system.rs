//! The allocator of the platform's C library.

use std::process::ExitCode;

fn main() -> ExitCode {
    heapmark_allocators::main(Some(|block| {
        // SAFETY: the block is live and came from this allocator, which is what the caller promises.
        unsafe { libc::malloc_usable_size(block.cast_mut().cast()) }
    }))
}
