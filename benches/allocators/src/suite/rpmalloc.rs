//! The suite under rpmalloc.

heapmark_allocators::suite!(rpmalloc::RpMalloc, rpmalloc::RpMalloc);
