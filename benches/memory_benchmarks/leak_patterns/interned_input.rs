//! An interner that stores user input, compared with an interner that stores only known names.

use std::collections::HashSet;
use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "intern header names";

    /// Every name is interned, and clients can send new names without limit.
    problem, growth == leak: retained >= PREFIX;

    /// Known names are looked up; other names belong to the request.
    solution, growth == steady: retained == 0;
}

/// Minimum length of a header name in bytes.
const PREFIX: usize = "x-header-".len();

/// The number of known names.
const KNOWN: u64 = 16;

/// Capacity for names, so that the table does not grow in the first iterations.
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
