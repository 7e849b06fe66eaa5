//! A second owner for one value.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use heapmark::Bencher;

heapmark::question! {
    "give a value a second owner";

    /// A box has one owner: a second one owns a copy.
    boxed as "Box::clone": allocs == 1, bytes == 64, retained == 0;
    /// `Rc` counts.
    rc as "Rc::clone": allocs == 0, bytes == 0, retained == 0;
    /// `Arc` counts, atomically.
    arc as "Arc::clone": allocs == 0, bytes == 0, retained == 0;
    /// So does triomphe's.
    triomphe as "triomphe::Arc::clone": allocs == 0, bytes == 0, retained == 0;
    /// An observer costs nothing, whether its value lives or not.
    weak as "Weak::upgrade": allocs == 0, bytes == 0, retained == 0;
    /// Changing a value that others own as well makes a copy of it.
    make_mut as "Arc::make_mut, shared": allocs == 1, bytes == 80, retained == 0;
    /// Changing a value that has one owner does not.
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
