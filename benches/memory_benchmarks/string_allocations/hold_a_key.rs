//! A short key, held in different types. The sizes include those at which a type that stores short
//! texts inline starts to allocate.

use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;

use bstr::BString;
use bytes::Bytes;
use compact_str::CompactString;
use ecow::EcoString;
use heapmark::Bencher;
use smol_str::SmolStr;

heapmark::question! {
    "hold a key of n bytes";

    /// `String` puts every text on the heap, whatever its length.
    string as "String"(n in [12, 24, 40]): allocs == 1, bytes == n, reallocs == 0, retained == 0;
    /// A boxed `str` allocates as much as `String`, and is itself 8 B smaller.
    boxed as "Box<str>"(n in [12, 24, 40]): allocs == 1, bytes == n, reallocs == 0, retained == 0;
    /// Two counters of 8 B precede the text, and the sum is rounded up to a multiple of 8 B.
    shared as "Arc<str>"(n in [12, 24, 40]): allocs == 1, bytes == (16 + n).next_multiple_of(8),
        reallocs == 0, retained == 0;
    /// A borrowed text allocates nothing, whatever its length.
    borrowed as "Cow::Borrowed"(n in [12, 24, 40]): allocs == 0, bytes == 0;
    /// `CompactString` stores up to 24 B inline, which is its whole size.
    compact as "compact_str"(n in [12, 24, 25, 40]): allocs == usize::from(n > 24), retained == 0;
    /// `SmolStr` stores up to 23 B inline, and longer texts in an `Arc<str>`.
    smol as "smol_str"(n in [12, 23, 24, 40]): allocs == usize::from(n > 23), retained == 0;
    /// `EcoString` stores up to 15 B inline; its size is 16 B.
    eco as "ecow"(n in [12, 15, 16, 40]): allocs == usize::from(n > 15), retained == 0;
    /// `Bytes` from a slice is one block. The first clone allocates another one.
    bytes as "bytes::Bytes"(n in [12, 24, 40]): allocs == 1, bytes == n, retained == 0;
    /// A `BString` is a wrapper of `Vec<u8>`.
    bstring as "bstr::BString"(n in [12, 24, 40]): allocs == 1, bytes == n, retained == 0;
}

/// A text of this length, which the compiler does not know.
fn key(n: usize) -> String {
    black_box("k".repeat(n))
}

/// Measures `hold`, whose result must equal the key.
fn measure<T: AsRef<[u8]>>(b: &mut Bencher, n: usize, hold: impl Fn(&str) -> T) {
    let key = key(n);
    assert_eq!(hold(&key).as_ref(), key.as_bytes());
    b.iter(|| hold(black_box(&key)));
}

fn string(b: &mut Bencher, n: usize) {
    measure(b, n, |key| String::from(key));
}

fn boxed(b: &mut Bencher, n: usize) {
    let key = key(n);
    assert_eq!(*Box::<str>::from(&*key), *key);
    b.iter(|| Box::<str>::from(black_box(&*key)));
}

fn shared(b: &mut Bencher, n: usize) {
    let key = key(n);
    assert_eq!(*Arc::<str>::from(&*key), *key);
    b.iter(|| Arc::<str>::from(black_box(&*key)));
}

fn borrowed(b: &mut Bencher, n: usize) {
    let key = key(n);
    assert_eq!(Cow::Borrowed(&*key), key);
    b.iter(|| Cow::Borrowed(black_box(&*key)));
}

fn compact(b: &mut Bencher, n: usize) {
    measure(b, n, |key| CompactString::from(key));
}

fn smol(b: &mut Bencher, n: usize) {
    let key = key(n);
    assert_eq!(SmolStr::new(&key), key);
    b.iter(|| SmolStr::new(black_box(&key)));
}

fn eco(b: &mut Bencher, n: usize) {
    let key = key(n);
    assert_eq!(EcoString::from(&key), key);
    b.iter(|| EcoString::from(black_box(&*key)));
}

fn bytes(b: &mut Bencher, n: usize) {
    measure(b, n, |key| Bytes::copy_from_slice(key.as_bytes()));
}

fn bstring(b: &mut Bencher, n: usize) {
    measure(b, n, |key| BString::from(key));
}
