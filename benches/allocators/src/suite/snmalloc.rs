//! The suite under snmalloc.

heapmark_allocators::suite!(snmalloc_rs::SnMalloc, snmalloc_rs::SnMalloc);
