//! `System`, declared as the global allocator: the base of every wrapper and of most ratios.

use std::alloc::System;
use std::process::ExitCode;

#[global_allocator]
static ALLOC: System = System;

fn main() -> ExitCode {
    heapmark_overhead::measure()
}
