//! A second owner for one value.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use heapmark::Bencher;

heapmark::question! {
    "give a value a second owner";

    /// A box has one owner, so a clone copies the value.
    boxed as "Box::clone": allocs == 1, bytes == 64, retained == 0;
    /// A clone of `Rc` increments a counter.
    rc as "Rc::clone": allocs == 0, bytes == 0, retained == 0;
    /// A clone of `Arc` increments an atomic counter.
    arc as "Arc::clone": allocs == 0, bytes == 0, retained == 0;
    /// A clone of triomphe's `Arc` also increments an atomic counter.
    triomphe as "triomphe::Arc::clone": allocs == 0, bytes == 0, retained == 0;
    /// Upgrading a weak pointer allocates nothing, even if the value is gone.
    weak as "Weak::upgrade": allocs == 0, bytes == 0, retained == 0;
    /// Changing a value with other owners copies it.
    make_mut as "Arc::make_mut, shared": allocs == 1, bytes == 80, retained == 0;
    /// Changing a value with one owner does not copy it.
    make_mut_alone as "Arc::make_mut, alone": allocs == 0, bytes == 0, retained == 0;
}

fn boxed(b: &mut Bencher) {
    let original = Box::new([7_u8; 64]);
    b.iter(|| black_box(&original).clone());
}

fn rc(b: &mut Bencher) {
    let original = Rc::new([7_u8; 64]);
    b.iter(|| Rc::clone(black_box(&original)));
}

fn arc(b: &mut Bencher) {
    let original = Arc::new([7_u8; 64]);
    b.iter(|| Arc::clone(black_box(&original)));
}

fn triomphe(b: &mut Bencher) {
    let original = triomphe::Arc::new([7_u8; 64]);
    b.iter(|| triomphe::Arc::clone(black_box(&original)));
}

fn weak(b: &mut Bencher) {
    let original = Arc::new([7_u8; 64]);
    let observer = Arc::downgrade(&original);
    assert!(observer.upgrade().is_some());
    b.iter(|| black_box(&observer).upgrade());
}

fn make_mut(b: &mut Bencher) {
    let original = Arc::new([7_u8; 64]);
    b.iter(|| {
        let mut second = Arc::clone(black_box(&original));
        Arc::make_mut(&mut second)[0] = 8;
        second
    });
    assert_eq!(original[0], 7);
}

fn make_mut_alone(b: &mut Bencher) {
    let mut original = Arc::new([7_u8; 64]);
    b.iter(|| Arc::make_mut(black_box(&mut original))[0] += 1);
}
