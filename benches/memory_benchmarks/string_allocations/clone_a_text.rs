//! A second owner for a text of 40 bytes, which is too long for any type to store inline.

use std::borrow::Cow;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use compact_str::CompactString;
use ecow::EcoString;
use heapmark::{BatchSize, Bencher};
use smol_str::SmolStr;

heapmark::question! {
    "clone a text of 40 bytes";

    /// A second `String` is a second block.
    string as "String": allocs == 1, bytes == 40, retained == 0;
    /// A second `Box<str>` is also a second block.
    boxed as "Box<str>": allocs == 1, bytes == 40, retained == 0;
    /// An `Arc<str>` counts its owners and copies nothing.
    shared as "Arc<str>": allocs == 0, bytes == 0, retained == 0;
    /// An `Rc<str>` also counts its owners, without atomic instructions.
    counted as "Rc<str>": allocs == 0, bytes == 0, retained == 0;
    /// A borrowed text stays borrowed.
    borrowed as "Cow::Borrowed": allocs == 0, bytes == 0, retained == 0;
    /// A clone of `CompactString` copies its text, like `String`.
    compact as "compact_str": allocs == 1, bytes == 40, retained == 0;
    /// A long `SmolStr` is an `Arc<str>`: a clone allocates nothing.
    smol as "smol_str": allocs == 0, bytes == 0, retained == 0;
    /// An `EcoString` counts its owners.
    eco as "ecow": allocs == 0, bytes == 0, retained == 0;
    /// `Bytes` counts its owners.
    bytes as "bytes::Bytes": allocs == 0, bytes == 0, retained == 0;
    /// The first clone of `Bytes` made from a vector allocates their counter.
    bytes_first as "bytes::Bytes, the first clone": allocs == 1, bytes <= 40, retained == 0;
}

const TEXT: &str = "a text that is forty bytes long, exactly";

/// Measures a clone of `original`, which must equal the text.
fn measure<T: Clone + AsRef<[u8]>>(b: &mut Bencher, original: T) {
    assert_eq!(original.clone().as_ref(), TEXT.as_bytes());
    b.iter(|| black_box(&original).clone());
}

fn string(b: &mut Bencher) {
    measure(b, TEXT.to_owned());
}

fn boxed(b: &mut Bencher) {
    let original: Box<str> = TEXT.into();
    assert_eq!(*original, *TEXT);
    b.iter(|| black_box(&original).clone());
}

fn shared(b: &mut Bencher) {
    let original: Arc<str> = TEXT.into();
    assert_eq!(*original, *TEXT);
    b.iter(|| Arc::clone(black_box(&original)));
}

fn counted(b: &mut Bencher) {
    let original: Rc<str> = TEXT.into();
    assert_eq!(*original, *TEXT);
    b.iter(|| Rc::clone(black_box(&original)));
}

fn borrowed(b: &mut Bencher) {
    let original = Cow::Borrowed(TEXT);
    assert_eq!(original, TEXT);
    b.iter(|| black_box(&original).clone());
}

fn compact(b: &mut Bencher) {
    measure(b, CompactString::from(TEXT));
}

fn smol(b: &mut Bencher) {
    let original = SmolStr::new(TEXT);
    assert_eq!(original, TEXT);
    b.iter(|| black_box(&original).clone());
}

fn eco(b: &mut Bencher) {
    let original = EcoString::from(TEXT);
    assert_eq!(original, TEXT);
    b.iter(|| black_box(&original).clone());
}

fn bytes_first(b: &mut Bencher) {
    let make = || Bytes::from(TEXT.as_bytes().to_vec());
    assert_eq!(make().clone(), TEXT);
    b.iter_batched(make, |only| (only.clone(), only), BatchSize::SmallInput);
}

fn bytes(b: &mut Bencher) {
    let original = Bytes::copy_from_slice(TEXT.as_bytes());
    let _counter = original.clone();
    measure(b, original);
}
