//! The suite under jemalloc.

heapmark_allocators::suite!(tikv_jemallocator::Jemalloc, tikv_jemallocator::Jemalloc);
