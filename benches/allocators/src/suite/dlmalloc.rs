//! The suite under dlmalloc.

heapmark_allocators::suite!(dlmalloc::GlobalDlmalloc, dlmalloc::GlobalDlmalloc);
