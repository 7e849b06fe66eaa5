//! A program with the allocator knows that it is installed, and which allocator it wraps.

use heapmark::__private::alloc::{inner_name, is_closed, is_installed};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

#[test]
fn the_installed_allocator_is_found_and_named() {
    assert!(is_installed());
    assert_eq!(inner_name(), Some("std::alloc::System"));
    assert!(is_closed());
}
