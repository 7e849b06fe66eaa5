//! One value behind different pointers: the size of the pointer's header.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use heapmark::Bencher;

heapmark::question! {
    "put 64 bytes behind a pointer";

    /// A box allocates only the value.
    boxed as "Box<T>": allocs == 1, bytes == 64, retained == 0;
    /// `Rc` has a strong and a weak counter: 16 B before the value.
    rc as "Rc<T>": allocs == 1, bytes == 80, retained == 0;
    /// `Arc` has the same counters, but atomic ones.
    arc as "Arc<T>": allocs == 1, bytes == 80, retained == 0;
    /// triomphe's `Arc` has no weak pointers, and saves their counter.
    triomphe as "triomphe::Arc<T>": allocs == 1, bytes == 72, retained == 0;
    /// triomphe's `UniqueArc` can become shared without another block.
    unique as "triomphe::UniqueArc<T>": allocs == 1, bytes == 72, retained == 0;
    /// A shared slice copies the items of a vector into a second block.
    slice as "Arc<[u8]> from a Vec": allocs == 2, bytes == 64 + 80, retained == 0;
    /// A slice with header and length is one block behind a thin pointer.
    thin as "triomphe::ThinArc": allocs == 1, retained == 0;
}

type Value = [u8; 64];

fn value() -> Value {
    black_box([7; 64])
}

fn boxed(b: &mut Bencher) {
    assert_eq!(*Box::new(value()), value());
    b.iter(|| Box::new(value()));
}

fn rc(b: &mut Bencher) {
    assert_eq!(*Rc::new(value()), value());
    b.iter(|| Rc::new(value()));
}

fn arc(b: &mut Bencher) {
    assert_eq!(*Arc::new(value()), value());
    b.iter(|| Arc::new(value()));
}

fn triomphe(b: &mut Bencher) {
    assert_eq!(*triomphe::Arc::new(value()), value());
    b.iter(|| triomphe::Arc::new(value()));
}

fn unique(b: &mut Bencher) {
    assert_eq!(*triomphe::UniqueArc::new(value()), value());
    b.iter(|| triomphe::UniqueArc::new(value()).shareable());
}

fn slice(b: &mut Bencher) {
    assert_eq!(*Arc::<[u8]>::from(value().to_vec()), value());
    b.iter(|| Arc::<[u8]>::from(value().to_vec()));
}

fn thin(b: &mut Bencher) {
    assert_eq!(
        triomphe::ThinArc::from_header_and_slice((), &value()).slice,
        value()
    );
    b.iter(|| triomphe::ThinArc::from_header_and_slice((), &value()));
}
