//! jemalloc, as tikv keeps it.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    heapmark_allocators::main(Some(|block| {
        // SAFETY: the block is live and came from this allocator, which is what the caller promises.
        unsafe { tikv_jemallocator::usable_size(block) }
    }))
}
