//! Rust's default allocator: no `#[global_allocator]`. Each call takes one more jump, into the
//! standard library's code, than with `System` declared (see `plain`).

use std::process::ExitCode;

fn main() -> ExitCode {
    heapmark_overhead::measure()
}
