//! `System` declared as the global allocator: what a wrapper adds to, and the base of every ratio.

use std::alloc::System;
use std::process::ExitCode;

#[global_allocator]
static ALLOC: System = System;

fn main() -> ExitCode {
    heapmark_overhead::measure()
}
