//! How a program comes to have heapmark's allocator.

/// The lines that install it, for every message that misses it.
pub const INSTALL_HINT: &str =
    "#[global_allocator]\nstatic ALLOC: heapmark::Alloc = heapmark::Alloc::system();";
