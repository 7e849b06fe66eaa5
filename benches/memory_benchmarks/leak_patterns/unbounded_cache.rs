//! A cache that stores every answer, compared with caches that evict.

use std::collections::{HashMap, VecDeque};
use std::hint::black_box;
use std::num::NonZeroUsize;

use heapmark::Bencher;
use lru::LruCache;

heapmark::question! {
    "remember answers";

    /// Nothing is evicted: each new key stays, with its answer.
    problem, growth == leak: allocs == 1, retained >= ANSWER;

    /// Above 100 entries, the oldest entry is evicted.
    solution_bounded, growth == steady: allocs == 1, frees == 1, retained == 0;

    /// Above 100 entries, the least recently used entry is evicted, and the new one takes its
    /// place.
    solution_lru, growth == steady: allocs == 1, frees == 1, retained == 0;

    /// quick_cache evicts entries that were not requested again, and keeps a few keys of evicted
    /// entries.
    solution_quick_cache, growth == steady: allocs == 1, retained == 0;

    /// moka evicts several entries at once, from time to time.
    solution_moka, growth == steady: allocs >= 1;
}

/// Bytes of an answer.
const ANSWER: usize = 100;

/// The number of answers in a bounded cache.
const BOUND: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// Capacity of a table, so that it does not grow in the first iterations.
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
