//! Functions that no case calls. A usual build has none; each number in `HEAPMARK_UNRELATED` adds
//! another set of them. `cargo xtask calibrate` uses this to check that the times of unchanged code
//! do not change when other code does.

use std::hint::black_box;

/// Each bit of the number adds one function to the binary.
const CHOSEN: u32 = match option_env!("HEAPMARK_UNRELATED") {
    Some(digits) => number(digits.as_bytes()),
    None => 0,
};

const fn number(digits: &[u8]) -> u32 {
    let mut value = 0_u32;
    let mut index = 0;
    while index < digits.len() {
        value = value
            .wrapping_mul(10)
            .wrapping_add((digits[index] & 0xf) as u32);
        index += 1;
    }
    value
}

/// A larger size makes the code longer.
fn unrelated<const SIZE: usize>() {
    let mut block = [0_u8; SIZE];
    for (index, byte) in block.iter_mut().enumerate() {
        *byte = black_box(index as u8);
    }
    black_box(&block);
}

fn nothing() {}

const fn chosen(bit: u32, function: fn()) -> fn() {
    if CHOSEN >> bit & 1 == 1 {
        function
    } else {
        nothing
    }
}

#[used]
static KEPT: [fn(); 8] = [
    chosen(0, unrelated::<3>),
    chosen(1, unrelated::<5>),
    chosen(2, unrelated::<8>),
    chosen(3, unrelated::<13>),
    chosen(4, unrelated::<21>),
    chosen(5, unrelated::<34>),
    chosen(6, unrelated::<55>),
    chosen(7, unrelated::<89>),
];
