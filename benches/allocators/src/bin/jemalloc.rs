//! jemalloc, as maintained by TiKV.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    heapmark_allocators::main(Some(|block| {
        // SAFETY: the caller guarantees that the block is live and belongs to this allocator.
        unsafe { tikv_jemallocator::usable_size(block) }
    }))
}
