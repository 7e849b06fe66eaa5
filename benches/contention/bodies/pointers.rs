//! Bodies that share a value by pointer.

use std::hint::black_box;
use std::sync::Arc;

use super::{Body, Work};

const QUESTION: &str = "share a value for a moment";

pub const ALL: &[Body] = &[
    body("one Arc for all", |_| Box::new(One(Arc::new([7; 8])))),
    body("one triomphe::Arc for all", |_| {
        Box::new(OneTriomphe(triomphe::Arc::new([7; 8])))
    }),
    body("an Arc a thread", |threads| {
        Box::new(Each((0..threads).map(|_| Arc::new([7; 8])).collect()))
    }),
    body("a reference", |_| Box::new(Borrowed([7; 8]))),
];

const fn body(variant: &'static str, start: fn(usize) -> Box<dyn Work>) -> Body {
    Body {
        question: QUESTION,
        variant,
        start,
    }
}

type Value = [u64; 8];

struct One(Arc<Value>);

impl Work for One {
    fn turns(&self, _: usize, turns: u64) {
        (0..turns).for_each(|_| drop(black_box(Arc::clone(&self.0))));
    }
}

struct OneTriomphe(triomphe::Arc<Value>);

impl Work for OneTriomphe {
    fn turns(&self, _: usize, turns: u64) {
        (0..turns).for_each(|_| drop(black_box(triomphe::Arc::clone(&self.0))));
    }
}

/// Each counter is in its own block, on its own cache line.
struct Each(Vec<Arc<Value>>);

impl Work for Each {
    fn turns(&self, thread: usize, turns: u64) {
        let own = &self.0[thread % self.0.len()];
        (0..turns).for_each(|_| drop(black_box(Arc::clone(own))));
    }
}

struct Borrowed(Value);

impl Work for Borrowed {
    fn turns(&self, _: usize, turns: u64) {
        (0..turns).for_each(|_| {
            black_box(black_box(&self.0)[0]);
        });
    }
}
