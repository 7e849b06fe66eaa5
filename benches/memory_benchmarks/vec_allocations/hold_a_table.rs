//! A table of 32 rows of 32 numbers, all zero except the last one.

use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "hold a table of 32 by 32";

    /// A vector of vectors takes one block per row, and one for the 24 B of each row's vector.
    nested as "Vec<Vec<u32>>": allocs == 33, bytes == 32 * 24 + 4096, retained == 0;
    /// One vector with computed positions is one block.
    flat as "Vec<u32>": allocs == 1, bytes == 4096, retained == 0;
    /// Rows of a length that is part of the type are stored consecutively.
    rows as "Vec<[u32; 32]>": allocs == 1, bytes == 4096, retained == 0;
    /// A box of the whole table is also one block.
    boxed as "Box<[[u32; 32]; 32]>": allocs == 1, bytes == 4096, retained == 0;
}

const SIDE: usize = 32;

/// Measures `make`; `last` returns the last number of the table, which must be one.
fn measure<T>(b: &mut Bencher, make: impl Fn() -> T, last: impl Fn(&T) -> u32) {
    assert_eq!(last(&make()), 1);
    b.iter(make);
}

fn nested(b: &mut Bencher) {
    let make = || {
        let mut table: Vec<Vec<u32>> = (0..SIDE).map(|_| vec![0; black_box(SIDE)]).collect();
        table[SIDE - 1][SIDE - 1] = 1;
        table
    };
    measure(b, make, |table| table[SIDE - 1][SIDE - 1]);
}

fn flat(b: &mut Bencher) {
    let make = || {
        let mut table = vec![0_u32; black_box(SIDE * SIDE)];
        table[SIDE * SIDE - 1] = 1;
        table
    };
    measure(b, make, |table| table[SIDE * SIDE - 1]);
}

fn rows(b: &mut Bencher) {
    let make = || {
        let mut table = vec![[0_u32; SIDE]; black_box(SIDE)];
        table[SIDE - 1][SIDE - 1] = 1;
        table
    };
    measure(b, make, |table| table[SIDE - 1][SIDE - 1]);
}

fn boxed(b: &mut Bencher) {
    let make = || {
        let mut table = Box::new([[0_u32; SIDE]; SIDE]);
        table[SIDE - 1][black_box(SIDE) - 1] = 1;
        table
    };
    measure(b, make, |table| table[SIDE - 1][SIDE - 1]);
}
