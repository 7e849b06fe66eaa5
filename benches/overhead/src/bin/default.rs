//! Rust's default allocator: no `#[global_allocator]` at all. Each call passes through one more
//! jump, into the standard library's own code, than with `System` declared (see `plain`).

use std::process::ExitCode;

fn main() -> ExitCode {
    heapmark_overhead::measure()
}
