//! A list of 10,000 numbers is dropped. The generated drop of a list of boxes is recursive, and a
//! list of 100,000 would overflow the stack. The case therefore takes the list apart in a loop.

use std::collections::{LinkedList, VecDeque};
use std::hint::black_box;

use heapmark::{BatchSize, Bencher};

heapmark::question! {
    "drop a list of 10,000";

    /// One free per node, in a loop.
    boxed as "Option<Box<Node>>, in a loop": allocs == 0, frees == ITEMS, retained == 0;
    /// One free per node; std's list also drops its nodes in a loop.
    linked as "LinkedList": allocs == 0, frees == ITEMS, retained == 0;
    /// One block, so one free.
    vec as "Vec": allocs == 0, frees == 1, retained == 0;
    /// One block, so one free.
    deque as "VecDeque": allocs == 0, frees == 1, retained == 0;
}

const ITEMS: usize = 10_000;

struct Node {
    value: u64,
    next: Option<Box<Node>>,
}

/// A list that may be too long for a recursive drop.
struct List(Option<Box<Node>>);

impl Drop for List {
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(mut node) = next {
            next = node.next.take();
        }
    }
}

fn list(items: usize) -> List {
    let nodes = (0..items as u64).rev();
    List(nodes.fold(None, |next, value| Some(Box::new(Node { value, next }))))
}

fn boxed(b: &mut Bencher) {
    let long = list(100_000);
    assert_eq!(long.0.as_ref().map(|node| node.value), Some(0));
    drop(long);
    b.iter_batched(|| list(black_box(ITEMS)), drop, BatchSize::LargeInput);
}

fn linked(b: &mut Bencher) {
    b.iter_batched(
        || (0..black_box(ITEMS)).collect::<LinkedList<_>>(),
        drop,
        BatchSize::LargeInput,
    );
}

fn vec(b: &mut Bencher) {
    b.iter_batched(
        || (0..black_box(ITEMS)).collect::<Vec<_>>(),
        drop,
        BatchSize::LargeInput,
    );
}

fn deque(b: &mut Bencher) {
    b.iter_batched(
        || (0..black_box(ITEMS)).collect::<VecDeque<_>>(),
        drop,
        BatchSize::LargeInput,
    );
}
