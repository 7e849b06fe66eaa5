//! rpmalloc.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: rpmalloc::RpMalloc = rpmalloc::RpMalloc;

fn main() -> ExitCode {
    heapmark_allocators::main(Some(|block| {
        // SAFETY: the block is live and came from this allocator, which is what the caller promises.
        unsafe { rpmalloc_sys::rpmalloc_usable_size(block.cast_mut().cast()) }
    }))
}
