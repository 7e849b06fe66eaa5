//! A user is written as JSON into different buffers.

use std::hint::black_box;

use bytes::{BufMut, BytesMut};
use heapmark::Bencher;
use serde::Serialize;

heapmark::question! {
    "write a user as JSON";

    /// `to_string` starts with 128 B, which is enough here.
    string as "serde_json::to_string": allocs == 1, reallocs == 0, bytes == 128, retained == 0;
    /// `to_vec` also starts with 128 B.
    vec as "serde_json::to_vec": allocs == 1, reallocs == 0, bytes == 128, retained == 0;
    /// An empty vector grows from 8 B.
    writer as "to_writer, a new Vec": allocs == 1, retained == 0;
    /// A reused buffer already has enough capacity.
    reused as "to_writer, a used Vec": allocs == 0, bytes == 0, retained == 0;
    /// `BytesMut` grows from 64 B.
    bytes as "to_writer, BytesMut": allocs == 1, retained == 0;
    /// Building a tree of values first allocates many more blocks.
    value as "json!, then to_string": allocs == 8, retained == 0;
}

#[derive(Serialize)]
struct User {
    id: u64,
    name: &'static str,
    email: &'static str,
    active: bool,
}

const WRITTEN: &str = r#"{"id":7,"name":"Ada Lovelace","email":"ada@example.org","active":true}"#;

fn user() -> User {
    black_box(User {
        id: 7,
        name: "Ada Lovelace",
        email: "ada@example.org",
        active: true,
    })
}

fn string(b: &mut Bencher) {
    assert_eq!(serde_json::to_string(&user()).unwrap_or_default(), WRITTEN);
    b.iter(|| serde_json::to_string(&user()));
}

fn vec(b: &mut Bencher) {
    assert_eq!(
        serde_json::to_vec(&user()).unwrap_or_default(),
        WRITTEN.as_bytes()
    );
    b.iter(|| serde_json::to_vec(&user()));
}

fn writer(b: &mut Bencher) {
    let write = || {
        let mut out = Vec::new();
        // Writing to memory cannot fail.
        drop(serde_json::to_writer(&mut out, &user()));
        out
    };
    assert_eq!(write(), WRITTEN.as_bytes());
    b.iter(write);
}

fn reused(b: &mut Bencher) {
    let mut out = Vec::with_capacity(1024);
    b.iter(|| {
        out.clear();
        drop(serde_json::to_writer(&mut out, &user()));
        assert_eq!(out.len(), WRITTEN.len());
    });
}

fn bytes(b: &mut Bencher) {
    let write = || {
        let mut out = BytesMut::new().writer();
        drop(serde_json::to_writer(&mut out, &user()));
        out.into_inner()
    };
    assert_eq!(write(), WRITTEN.as_bytes());
    b.iter(write);
}

fn value(b: &mut Bencher) {
    let write = || {
        let user = user();
        let value = serde_json::json!({
            "id": user.id, "name": user.name, "email": user.email, "active": user.active,
        });
        value.to_string()
    };
    assert_eq!(write().len(), WRITTEN.len());
    b.iter(write);
}
