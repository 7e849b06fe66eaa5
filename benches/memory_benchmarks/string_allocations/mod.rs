//! Allocations of `String`. Other string types have separate questions.

mod build_by_pushing;
mod clone_a_text;
mod hold_a_key;
mod intern_names;

use std::hint::black_box;

use heapmark::Bencher;

heapmark::group! {
    /// Creating, holding, sharing and joining texts.
    string_allocations;

    /// Five bytes are on the heap: `String` does not store short texts inline.
    small_string_new: allocs == 1, frees == 1, reallocs == 0, bytes == 5, peak == 5, retained == 0;

    /// A string from a literal allocates exactly its length in bytes, 43 here.
    medium_string_new: allocs == 1, frees == 1, reallocs == 0, bytes == 43, peak == 43,
        retained == 0;

    /// A clone of 10,000 B is one allocation of exactly its length.
    large_string_new: allocs == 1, frees == 1, reallocs == 0, bytes == LARGE, peak == LARGE,
        retained == 0;

    /// `format!` starts with capacity for twice its literal text. It fits this result of 37 B, so
    /// there is one allocation that never grows.
    string_format: allocs == 1, frees == 1, reallocs == 0, bytes >= 37, bytes <= 42, peak <= 42,
        retained == 0;

    /// Pushing into 100 reserved bytes allocates nothing more, and keeps all 100 although only 13
    /// are used.
    string_concat_push: allocs == 1, frees == 1, reallocs == 0, bytes == 100, peak == 100,
        retained == 0;

    /// `join` adds up the lengths first, so five parts take one allocation of exactly 27 B.
    string_join: allocs == 1, frees == 1, reallocs == 0, bytes == 27, peak == 27, retained == 0;

    question hold_a_key;
    question build_by_pushing;
    question clone_a_text;
    question intern_names;
}

/// Length of the large string in bytes.
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
