//! Work of one thread: orders of freeing, growth, and typical data structures.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::hint::black_box;

use super::{block, seeded, size};

/// The simplest pattern: allocate and free.
pub fn one_at_a_time<const BYTES: usize>() {
    for _ in 0..500_000 {
        drop(block(BYTES));
    }
}

pub fn last_in_first_out() {
    let mut random = seeded();
    for _ in 0..40 {
        let mut stack: Vec<Vec<u8>> = Vec::new();
        for _ in 0..20_000 {
            stack.push(block(size(&mut random, 8, 1_024)));
        }
        while let Some(block) = stack.pop() {
            drop(block);
        }
    }
}

pub fn first_in_first_out() {
    let mut random = seeded();
    let mut queue = VecDeque::with_capacity(10_001);
    for _ in 0..1_000_000 {
        queue.push_back(block(size(&mut random, 8, 1_024)));
        if queue.len() > 10_000 {
            drop(queue.pop_front());
        }
    }
}

/// As in alloc-test: many slots are refilled in random order, with random sizes.
pub fn random_replacement() {
    let mut random = seeded();
    let mut slots: Vec<Vec<u8>> = (0..50_000).map(|_| Vec::new()).collect();
    for _ in 0..1_000_000 {
        let at = random.usize(..slots.len());
        slots[at] = block(size(&mut random, 8, 2_048));
    }
}

pub fn growing_buffers() {
    for _ in 0..60 {
        let mut buffers: [Vec<u64>; 4] = Default::default();
        for number in 0..50_000 {
            for buffer in &mut buffers {
                buffer.push(black_box(number));
            }
        }
        black_box(buffers);
    }
}

pub fn words() {
    for round in 0..20 {
        let words: Vec<String> = (0..50_000)
            .map(|number| format!("word {number} of round {round}"))
            .collect();
        black_box(words);
    }
}

/// A map of constant size. Its hasher has no random key, so all processes do the same.
pub fn map_churn() {
    let mut random = seeded();
    let mut map: HashMap<u64, Box<[u8; 48]>, BuildHasherDefault<DefaultHasher>> =
        HashMap::default();
    for key in 0..1_000_000_u64 {
        map.insert(key, Box::new([0; 48]));
        if map.len() > 20_000 {
            let old = key - 20_000 + random.u64(..1_000);
            map.remove(&old);
        }
    }
    black_box(map);
}

struct Node(#[expect(dead_code, reason = "it is only dropped")] Option<(Box<Node>, Box<Node>)>);

fn grow(depth: u32) -> Node {
    match depth {
        0 => Node(None),
        _ => Node(Some((Box::new(grow(depth - 1)), Box::new(grow(depth - 1))))),
    }
}

pub fn tree() {
    for _ in 0..20 {
        black_box(grow(15));
    }
}
