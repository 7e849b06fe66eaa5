//! Without the allocator, heapmark refuses to count instead of reporting zeros.

use heapmark::__private::alloc::{inner_name, is_installed};

#[test]
fn a_missing_allocator_is_noticed() {
    assert!(!is_installed());
    assert_eq!(inner_name(), None);
}

#[test]
fn a_watch_without_the_allocator_refuses() {
    use heapmark::live::{WatchError, watch};
    assert_eq!(watch().unwrap_err(), WatchError::NotInstalled);
}

#[test]
#[should_panic(expected = "static ALLOC: heapmark::Alloc = heapmark::Alloc::system();")]
fn a_detector_without_the_allocator_refuses() {
    heapmark::assert_no_leak!(|| (), |()| ());
}

#[test]
#[should_panic(expected = "its allocator is not installed")]
fn an_assertion_without_the_allocator_refuses() {
    heapmark::assert_allocs!(<= 3, { String::new() });
}

heapmark::leak_test! {
    #[should_panic(expected = "its allocator is not installed")]
    fn a_leak_test_without_the_allocator_refuses(|| (), |()| ());
}
