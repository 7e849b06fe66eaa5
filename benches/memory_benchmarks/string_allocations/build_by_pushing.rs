//! A text of 100 bytes is built ten bytes at a time.

use std::fmt::Write;
use std::hint::black_box;

use bstr::{BString, ByteVec};
use bytes::{BufMut, BytesMut};
use compact_str::CompactString;
use ecow::EcoString;
use heapmark::Bencher;

heapmark::question! {
    "build 100 bytes by pushing";

    /// `String` starts with the ten bytes of the first push and doubles: 10, 20, 40, 80, 160.
    string as "String": allocs == 1, reallocs == 4, bytes == 160, retained == 0;
    /// With a known capacity, there is one block of that size.
    reserved as "String::with_capacity": allocs == 1, reallocs == 0, bytes == 100, retained == 0;
    /// `write!` grows a `String` like pushes do.
    written as "write!": allocs == 1, reallocs == 4, bytes == 160, retained == 0;
    /// `CompactString` moves from its 24 B to the heap at the third push, and then grows by half
    /// each time.
    compact as "compact_str": allocs == 1, retained == 0;
    /// `EcoString` moves from its 15 B to the heap at the second push. Its block also contains a
    /// counter.
    eco as "ecow": allocs == 1, retained == 0;
    /// `BytesMut` grows like `Vec<u8>`.
    bytes as "bytes::BytesMut": allocs == 1, retained == 0;
    /// `BString` grows like `Vec<u8>`.
    bstring as "bstr::BString": allocs == 1, reallocs == 4, bytes == 160, retained == 0;
}

const TEN: &str = "0123456789";

/// Measures `build`, which must return the ten bytes ten times.
fn measure<T: AsRef<[u8]>>(b: &mut Bencher, build: impl Fn() -> T) {
    assert_eq!(build().as_ref(), TEN.repeat(10).as_bytes());
    b.iter(build);
}

/// The pieces, which the compiler cannot join in advance.
fn pieces() -> impl Iterator<Item = &'static str> {
    (0..black_box(10)).map(|_| black_box(TEN))
}

fn string(b: &mut Bencher) {
    measure(b, || {
        let mut text = String::new();
        pieces().for_each(|piece| text.push_str(piece));
        text
    });
}

fn reserved(b: &mut Bencher) {
    measure(b, || {
        let mut text = String::with_capacity(black_box(100));
        pieces().for_each(|piece| text.push_str(piece));
        text
    });
}

fn written(b: &mut Bencher) {
    measure(b, || {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = pieces().try_for_each(|piece| write!(text, "{piece}"));
        text
    });
}

fn compact(b: &mut Bencher) {
    measure(b, || {
        let mut text = CompactString::default();
        pieces().for_each(|piece| text.push_str(piece));
        text
    });
}

fn eco(b: &mut Bencher) {
    let build = || {
        let mut text = EcoString::new();
        pieces().for_each(|piece| text.push_str(piece));
        text
    };
    assert_eq!(build(), TEN.repeat(10));
    b.iter(build);
}

fn bytes(b: &mut Bencher) {
    measure(b, || {
        let mut text = BytesMut::new();
        pieces().for_each(|piece| text.put(piece.as_bytes()));
        text
    });
}

fn bstring(b: &mut Bencher) {
    measure(b, || {
        let mut text = BString::default();
        pieces().for_each(|piece| text.push_str(piece));
        text
    });
}
