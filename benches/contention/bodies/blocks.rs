//! Bodies that free blocks: on the thread that allocated them, or on another one.

use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use super::{Body, Work};

pub const ALL: &[Body] = &[
    own::<64>("free a block of 64 B"),
    handed::<64>("free a block of 64 B"),
    own::<{ 1 << 20 }>("free a block of 1 MiB"),
    handed::<{ 1 << 20 }>("free a block of 1 MiB"),
];

const fn own<const BYTES: usize>(question: &'static str) -> Body {
    Body {
        question,
        variant: "by the thread that asked for it",
        start: |_| Box::new(Own::<BYTES>),
    }
}

const fn handed<const BYTES: usize>(question: &'static str) -> Body {
    Body {
        question,
        variant: "by whoever comes next",
        start: |_| Box::new(Handed::<BYTES>(Mutex::new(None))),
    }
}

/// The thread that allocated the block frees it.
struct Own<const BYTES: usize>;

impl<const BYTES: usize> Work for Own<BYTES> {
    fn turns(&self, _: usize, turns: u64) {
        (0..turns).for_each(|_| drop(block(BYTES)));
    }
}

/// Each thread leaves a block in a shared place and frees the block that was there.
struct Handed<const BYTES: usize>(Mutex<Option<Vec<u8>>>);

impl<const BYTES: usize> Work for Handed<BYTES> {
    fn turns(&self, _: usize, turns: u64) {
        for _ in 0..turns {
            let left = block(BYTES);
            let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let found = place.replace(left);
            drop(place);
            drop(found);
        }
    }
}

/// A block whose first byte is written, like memory that is used.
fn block(bytes: usize) -> Vec<u8> {
    let mut block = Vec::with_capacity(bytes);
    block.push(1);
    black_box(block)
}
