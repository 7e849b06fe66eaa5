//! What `String` asks of the heap. Not for other string types: they answer questions of their own.

mod build_by_pushing;
mod clone_a_text;
mod hold_a_key;
mod intern_names;

use std::hint::black_box;

use heapmark::Bencher;

heapmark::group! {
    /// Making, holding, sharing and joining texts.
    string_allocations;

    /// Five bytes on the heap: `String` has no small-string storage.
    small_string_new: allocs == 1, frees == 1, reallocs == 0, bytes == 5, peak == 5, retained == 0;

    /// A string made from a literal allocates its length in bytes, 43 here, and no more.
    medium_string_new: allocs == 1, frees == 1, reallocs == 0, bytes == 43, peak == 43,
        retained == 0;

    /// Cloning 10,000 B is still one allocation, of the length alone.
    large_string_new: allocs == 1, frees == 1, reallocs == 0, bytes == LARGE, peak == LARGE,
        retained == 0;

    /// `format!` starts with room for twice its literal text, which holds this result of 37 B:
    /// one allocation that never grows.
    string_format: allocs == 1, frees == 1, reallocs == 0, bytes >= 37, bytes <= 42, peak <= 42,
        retained == 0;

    /// Pushing into 100 reserved bytes never asks for more, and keeps all 100 for 13 used.
    string_concat_push: allocs == 1, frees == 1, reallocs == 0, bytes == 100, peak == 100,
        retained == 0;

    /// `join` adds up the lengths first: five parts make one allocation of exactly 27 B.
    string_join: allocs == 1, frees == 1, reallocs == 0, bytes == 27, peak == 27, retained == 0;

    question hold_a_key;
    question build_by_pushing;
    question clone_a_text;
    question intern_names;
}

/// Bytes of the large string.
const LARGE: usize = 10_000;

fn small_string_new(b: &mut Bencher) {
    b.iter(|| String::from(black_box("hello")));
}

fn medium_string_new(b: &mut Bencher) {
    b.iter(|| String::from(black_box("forty-three bytes are enough for a sentence")));
}

fn large_string_new(b: &mut Bencher) {
    let large = "x".repeat(LARGE);
    b.iter(|| black_box(&large).clone());
}

// The arguments are hidden from the compiler, which would otherwise fold them into the literal.
fn string_format(b: &mut Bencher) {
    b.iter(|| {
        format!(
            "Session {} opened from {}",
            black_box(12_345),
            black_box("192.168.1.1")
        )
    });
}

fn string_concat_push(b: &mut Bencher) {
    b.iter(|| {
        let mut text = String::with_capacity(black_box(100));
        text.push_str(black_box("pushed "));
        text.push_str(black_box("twice."));
        text
    });
}

fn string_join(b: &mut Bencher) {
    let parts = ["one", "two", "three", "four", "five"];
    b.iter(|| black_box(&parts).join(black_box(", ")));
}
