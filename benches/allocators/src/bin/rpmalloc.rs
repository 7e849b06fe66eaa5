//! rpmalloc.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: rpmalloc::RpMalloc = rpmalloc::RpMalloc;

fn main() -> ExitCode {
    heapmark_allocators::main(Some(|block| {
        // SAFETY: the caller guarantees that the block is live and belongs to this allocator.
        unsafe { rpmalloc_sys::rpmalloc_usable_size(block.cast_mut().cast()) }
    }))
}
