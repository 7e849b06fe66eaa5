//! Allocations for changing a vector of 1,000 numbers in place.

use std::collections::BinaryHeap;
use std::hint::black_box;

use heapmark::{BatchSize, Bencher};

heapmark::question! {
    "reorder or thin out 1,000 items";

    /// A stable sort needs space for half of the items. Up to 4 KiB, this space is on the stack.
    sort as "sort": allocs == 0, bytes == 0, retained == 0;
    /// An unstable sort needs no extra space.
    sort_unstable as "sort_unstable": allocs == 0, bytes == 0, retained == 0;
    /// Keys that are computed once are stored in a block with their positions.
    sort_cached as "sort_by_cached_key": allocs == 1, retained == 0;
    /// A heap takes over the vector and orders it in place.
    heap as "BinaryHeap::from": allocs == 0, bytes == 0, retained == 0;
    /// Equal neighbours are removed in place.
    dedup as "dedup": allocs == 0, bytes == 0, retained == 0;
    /// Items are removed in place.
    retain as "retain": allocs == 0, bytes == 0, retained == 0;
    /// Keeping part of the items: `collect` reuses the block of the source.
    in_place as "into_iter().filter().collect()": allocs == 0, bytes == 0, retained == 0;
    /// Draining the first half moves the rest and allocates nothing.
    drain as "drain": allocs == 0, bytes == 0, retained == 0;
    /// Splitting off the second half allocates a block for it.
    split_off as "split_off": allocs == 1, bytes == 2000, retained == 0;
}

/// Unordered numbers, the same in every process.
fn numbers() -> Vec<u32> {
    let mut random = fastrand::Rng::with_seed(7);
    (0..1000).map(|_| random.u32(0..500)).collect()
}

/// The even ones among them.
fn even() -> Vec<u32> {
    let numbers = numbers().into_iter();
    numbers.filter(|number| number % 2 == 0).collect()
}

/// Measures `change` on new numbers, without counting how they are made. `is_right` must accept the
/// result.
fn measure<T>(b: &mut Bencher, change: impl Fn(Vec<u32>) -> T, is_right: impl Fn(&T) -> bool) {
    assert!(is_right(&change(numbers())));
    b.iter_batched(
        numbers,
        |numbers| change(black_box(numbers)),
        BatchSize::SmallInput,
    );
}

fn sort(b: &mut Bencher) {
    measure(
        b,
        |mut numbers| {
            numbers.sort();
            numbers
        },
        |numbers| numbers.is_sorted() && numbers.len() == 1000,
    );
}

fn sort_unstable(b: &mut Bencher) {
    measure(
        b,
        |mut numbers| {
            numbers.sort_unstable();
            numbers
        },
        |numbers| numbers.is_sorted() && numbers.len() == 1000,
    );
}

fn sort_cached(b: &mut Bencher) {
    measure(
        b,
        |mut numbers| {
            numbers.sort_by_cached_key(|number| number % 100);
            numbers
        },
        |numbers| numbers.is_sorted_by_key(|number| number % 100),
    );
}

fn heap(b: &mut Bencher) {
    measure(b, BinaryHeap::from, |heap: &BinaryHeap<u32>| {
        heap.peek().copied() == numbers().into_iter().max()
    });
}

fn dedup(b: &mut Bencher) {
    measure(
        b,
        |mut numbers| {
            numbers.dedup();
            numbers
        },
        |numbers| numbers.windows(2).all(|pair| pair[0] != pair[1]),
    );
}

fn retain(b: &mut Bencher) {
    measure(
        b,
        |mut numbers| {
            numbers.retain(|number| number % 2 == 0);
            numbers
        },
        |numbers| *numbers == even(),
    );
}

fn in_place(b: &mut Bencher) {
    measure(
        b,
        |numbers| {
            let even = numbers.into_iter().filter(|number| number % 2 == 0);
            even.collect::<Vec<u32>>()
        },
        |numbers| *numbers == even(),
    );
}

fn drain(b: &mut Bencher) {
    measure(
        b,
        |mut numbers| {
            numbers.drain(..500);
            numbers
        },
        |numbers| *numbers == self::numbers()[500..],
    );
}

fn split_off(b: &mut Bencher) {
    measure(
        b,
        |mut numbers| {
            let second = numbers.split_off(500);
            (numbers, second)
        },
        |(first, second)| first.len() == 500 && *second == numbers()[500..],
    );
}
