//! How to install heapmark's allocator in a program.

/// The lines that install the allocator, for messages about a missing one.
pub const INSTALL_HINT: &str = "\
#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

If the program already has a #[global_allocator], wrap that one:

#[global_allocator]
static ALLOC: heapmark::Alloc<Other> = heapmark::Alloc::new(Other);";
