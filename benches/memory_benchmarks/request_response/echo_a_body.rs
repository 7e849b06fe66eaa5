//! A body of 64 KiB is sent back as it was received.

use std::hint::black_box;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use heapmark::Bencher;

heapmark::question! {
    "echo a body of 64 KiB";

    /// A clone of a vector copies it.
    copied as "Vec::clone": allocs == 1, bytes == BODY, retained == 0;
    /// A clone of `Bytes` increments a reference count.
    counted as "Bytes::clone": allocs == 0, bytes == 0, retained == 0;
    /// A slice of `Bytes` also increments the reference count.
    sliced as "Bytes::slice": allocs == 0, bytes == 0, retained == 0;
    /// A clone of a shared slice increments a reference count.
    shared as "Arc<[u8]>": allocs == 0, bytes == 0, retained == 0;
    /// Filling a new `BytesMut` allocates one block for the body. Freezing it allocates nothing.
    frozen as "BytesMut::freeze": allocs == 1, bytes == BODY, retained == 0;
    /// A vector that is filled in pieces of 4 KiB grows four times.
    pieces as "Vec, piece by piece": allocs == 1, reallocs == 4, bytes == BODY, retained == 0;
}

const BODY: usize = 64 * 1024;

fn body() -> Vec<u8> {
    vec![7; BODY]
}

fn copied(b: &mut Bencher) {
    let body = body();
    b.iter(|| black_box(&body).clone());
}

fn counted(b: &mut Bencher) {
    let body = Bytes::from(body());
    let _counter = body.clone();
    b.iter(|| black_box(&body).clone());
}

fn sliced(b: &mut Bencher) {
    let body = Bytes::from(body());
    let _counter = body.clone();
    assert_eq!(body.slice(1024..).len(), BODY - 1024);
    b.iter(|| black_box(&body).slice(1024..));
}

fn shared(b: &mut Bencher) {
    let body: Arc<[u8]> = body().into();
    b.iter(|| Arc::clone(black_box(&body)));
}

fn frozen(b: &mut Bencher) {
    let body = body();
    let echo = || {
        let mut out = BytesMut::with_capacity(black_box(BODY));
        out.extend_from_slice(&body);
        out.freeze()
    };
    assert_eq!(echo(), body);
    b.iter(echo);
}

fn pieces(b: &mut Bencher) {
    let body = body();
    let echo = || {
        let mut out = Vec::new();
        body.chunks(4096)
            .for_each(|piece| out.extend_from_slice(black_box(piece)));
        out
    };
    assert_eq!(echo(), body);
    b.iter(echo);
}
