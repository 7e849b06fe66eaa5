//! How to install heapmark's allocator in a program.

/// The lines that install the allocator, for messages about a missing one.
pub const INSTALL_HINT: &str =
    "#[global_allocator]\nstatic ALLOC: heapmark::Alloc = heapmark::Alloc::system();";
