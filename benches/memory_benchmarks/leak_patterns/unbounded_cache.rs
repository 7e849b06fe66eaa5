//! A cache that remembers every answer, beside those that forget.

use std::collections::{HashMap, VecDeque};
use std::hint::black_box;
use std::num::NonZeroUsize;

use heapmark::Bencher;
use lru::LruCache;

heapmark::question! {
    "remember answers";

    /// Nothing is ever evicted: each new key stays, with its answer.
    problem, growth == leak: allocs == 1, retained >= ANSWER;

    /// Beyond 100 the oldest is evicted.
    solution_bounded, growth == steady: allocs == 1, frees == 1, retained == 0;

    /// Beyond 100 the least recently used is evicted, whose place the new one takes.
    solution_lru, growth == steady: allocs == 1, frees == 1, retained == 0;

    /// quick_cache evicts what was not asked for again, and keeps a few keys of what it evicted.
    solution_quick_cache, growth == steady: allocs == 1, retained == 0;

    /// moka does its evictions now and then, several at once.
    solution_moka, growth == steady: allocs >= 1;
}

/// Bytes of an answer.
const ANSWER: usize = 100;

/// Answers that a bounded cache keeps.
const BOUND: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// Room in a table, so that none grows in the first iterations.
const ROOM: usize = 400;

fn answer() -> Vec<u8> {
    vec![0; black_box(ANSWER)]
}

fn problem(b: &mut Bencher) {
    let mut cache = HashMap::with_capacity(ROOM);
    let mut key = 0_u64;
    b.iter(|| {
        key += 1;
        cache.insert(key, answer());
    });
}

fn solution_bounded(b: &mut Bencher) {
    let mut cache = HashMap::with_capacity(ROOM);
    let mut oldest_first = VecDeque::with_capacity(ROOM);
    let mut key = 0_u64;
    let mut ask = || {
        key += 1;
        if cache.len() == BOUND.get()
            && let Some(oldest) = oldest_first.pop_front()
        {
            cache.remove(&oldest);
        }
        oldest_first.push_back(key);
        cache.insert(key, answer());
    };
    (0..BOUND.get()).for_each(|_| ask());
    b.iter(ask);
}

fn solution_lru(b: &mut Bencher) {
    let mut cache = LruCache::new(BOUND);
    let mut key = 0_u64;
    let mut ask = || {
        key += 1;
        cache.put(key, answer());
    };
    (0..BOUND.get()).for_each(|_| ask());
    b.iter(ask);
}

fn solution_quick_cache(b: &mut Bencher) {
    let cache = quick_cache::sync::Cache::new(BOUND.get());
    let mut key = 0_u64;
    let mut ask = || {
        key += 1;
        cache.insert(key, answer());
    };
    (0..4 * BOUND.get()).for_each(|_| ask());
    b.iter(ask);
}

fn solution_moka(b: &mut Bencher) {
    let cache = moka::sync::Cache::new(BOUND.get() as u64);
    let mut key = 0_u64;
    let mut ask = || {
        key += 1;
        cache.insert(key, answer());
    };
    (0..4 * BOUND.get()).for_each(|_| ask());
    b.iter(ask);
}
