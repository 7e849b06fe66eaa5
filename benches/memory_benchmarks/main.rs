//! Measures how std and widely used crates use memory, in nine groups, in report order.
//!
//! A case measures one operation on one thread and states its case assertions. How it is measured
//! is not part of this folder. Contention between threads has a separate bench.

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
