//! What std and the leading crates do with memory: the nine groups, in report order.
//!
//! A case measures one thing on one thread and says what it holds true of it; how it is measured
//! is no concern of this folder, and contention between threads has a bench of its own.

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

mod allocation_sizes;
mod drop_timing;
mod hashmap_allocations;
mod leak_patterns;
mod object_pool;
mod request_response;
mod smart_pointers;
mod string_allocations;
mod unrelated;
mod vec_allocations;

heapmark::main!(
    string_allocations,
    vec_allocations,
    hashmap_allocations,
    smart_pointers,
    request_response,
    object_pool,
    leak_patterns,
    allocation_sizes,
    drop_timing,
);
