//! A program without the allocator must not read zeros as "allocates nothing".

use heapmark::alloc::{inner_name, is_closed, is_installed};

#[test]
fn a_missing_allocator_is_noticed() {
    assert!(!is_installed());
    assert_eq!(inner_name(), None);
    assert!(is_closed());
}
