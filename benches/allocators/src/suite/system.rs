//! The suite under the allocator of the platform's C library.

heapmark_allocators::suite!(std::alloc::System, std::alloc::System);
