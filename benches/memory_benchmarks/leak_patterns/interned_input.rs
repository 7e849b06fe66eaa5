//! An interner that is fed with what users type, beside one that only holds what is known.

use std::collections::HashSet;
use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "intern header names";

    /// Whatever comes is interned, and strangers send names that nobody has seen.
    problem, growth == leak: retained >= PREFIX;

    /// Known names are found; others stay with the request that brought them.
    solution, growth == steady: retained == 0;
}

/// Bytes of a header's name at least.
const PREFIX: usize = "x-header-".len();

/// Names that are known.
const KNOWN: u64 = 16;

/// Room for names, so that the table does not grow in the first iterations.
const ROOM: usize = 64;

fn header(number: u64) -> Box<str> {
    format!("x-header-{:08}", black_box(number)).into_boxed_str()
}

fn known() -> HashSet<Box<str>> {
    let mut names = HashSet::with_capacity(ROOM);
    names.extend((0..KNOWN).map(header));
    names
}

fn problem(b: &mut Bencher) {
    let mut names = known();
    let mut number = KNOWN;
    b.iter(|| {
        number += 1;
        names.insert(header(number))
    });
}

fn solution(b: &mut Bencher) {
    let names = known();
    let mut number = KNOWN;
    b.iter(|| {
        number += 1;
        let name = header(number);
        names.contains(&name)
    });
}
