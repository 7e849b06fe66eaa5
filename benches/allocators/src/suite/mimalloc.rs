//! The suite under mimalloc.

heapmark_allocators::suite!(mimalloc::MiMalloc, mimalloc::MiMalloc);
