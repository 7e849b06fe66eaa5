//! What std and the leading crates do with memory: the nine groups, in report order.

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

mod string_allocations;

heapmark::main!(string_allocations);
