//! A small JSON body is read into different types that a handler may use.

use std::borrow::Cow;
use std::hint::black_box;

use heapmark::{BatchSize, Bencher};
use serde::Deserialize;
use serde_json::Value;

heapmark::question! {
    "read a user from JSON";

    /// A tree of values has a map with an owned key for each field.
    value as "serde_json::Value": allocs == 12, retained == 0;
    /// Owned fields take one block for each of five texts, and one for the list.
    owned as "struct of String": allocs == 6, retained == 0;
    /// With borrowed fields, only the list is allocated.
    borrowed as "struct of &str": allocs == 1, retained == 0;
    /// A `Cow` field with the attribute `borrow` borrows. Elements of the list cannot have the
    /// attribute, and are copied.
    cow as "struct of Cow<str>": allocs == 4, retained == 0;
    /// Fields that are not in the struct are skipped.
    partial as "struct of one field": allocs == 0, bytes == 0, retained == 0;
    /// simd-json first stores the position of every value, in separate blocks.
    simd as "simd-json, struct of &str": allocs == 6, retained == 0;
    /// The same, with blocks that are kept from call to call.
    simd_kept as "simd-json, kept buffers": allocs == 2, retained == 0;
}

const BODY: &str = r#"{"id":7,"name":"Ada Lovelace","email":"ada@example.org","tags":["math","engines","poems"],"active":true}"#;

/// Measures reading the body as a `T`; `name` returns the name in the result.
fn measure<'a, T: Deserialize<'a>>(b: &mut Bencher, name: impl Fn(&T) -> &str) {
    let read = || serde_json::from_str::<T>(black_box(BODY)).ok();
    assert_eq!(read().as_ref().map(&name), Some("Ada Lovelace"));
    b.iter(read);
}

fn value(b: &mut Bencher) {
    measure(b, |value: &Value| {
        value["name"].as_str().unwrap_or_default()
    });
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a handler would read them")]
struct Owned {
    id: u64,
    name: String,
    email: String,
    tags: Vec<String>,
    active: bool,
}

fn owned(b: &mut Bencher) {
    measure(b, |user: &Owned| &user.name);
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a handler would read them")]
struct Borrowed<'a> {
    id: u64,
    name: &'a str,
    email: &'a str,
    #[serde(borrow)]
    tags: Vec<&'a str>,
    active: bool,
}

fn borrowed(b: &mut Bencher) {
    measure(b, |user: &Borrowed<'_>| user.name);
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a handler would read them")]
struct Cows<'a> {
    id: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    email: Cow<'a, str>,
    tags: Vec<Cow<'a, str>>,
    active: bool,
}

fn cow(b: &mut Bencher) {
    measure(b, |user: &Cows<'_>| &user.name);
}

#[derive(Deserialize)]
struct Partial<'a> {
    name: &'a str,
}

fn partial(b: &mut Bencher) {
    measure(b, |user: &Partial<'_>| user.name);
}

/// simd-json needs a mutable text; making it is not measured.
fn body() -> Vec<u8> {
    BODY.as_bytes().to_vec()
}

fn simd(b: &mut Bencher) {
    let mut text = body();
    let user: Option<Borrowed<'_>> = simd_json::from_slice(&mut text).ok();
    assert_eq!(user.map(|user| user.name), Some("Ada Lovelace"));
    b.iter_batched_ref(
        body,
        |text| {
            let user: Option<Borrowed<'_>> = simd_json::from_slice(black_box(text)).ok();
            black_box(user).is_some()
        },
        BatchSize::SmallInput,
    );
}

fn simd_kept(b: &mut Bencher) {
    let mut buffers = simd_json::Buffers::new(BODY.len());
    b.iter_batched_ref(
        body,
        move |text| {
            let text = black_box(text);
            let user: Option<Borrowed<'_>> =
                simd_json::serde::from_slice_with_buffers(text, &mut buffers).ok();
            black_box(user).is_some()
        },
        BatchSize::SmallInput,
    );
}
