//! Bodies that count words in one shared map.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError, RwLock};

use super::{Body, Work};

const QUESTION: &str = "count words";

/// The number of words. Each thread counts all of them in turn, starting with a different one.
const WORDS: u64 = 64;

pub const ALL: &[Body] = &[
    body("Mutex<HashMap>", |_| Box::new(Counter(Locked::default()))),
    body("RwLock<HashMap> of atomics", |_| {
        Box::new(Counter(Shared::default()))
    }),
    body("dashmap", |_| Box::new(Counter(dashmap::DashMap::new()))),
    body("papaya", |_| Box::new(Counter(papaya::HashMap::new()))),
    body("scc", |_| Box::new(Counter(scc::HashMap::new()))),
];

const fn body(variant: &'static str, start: fn(usize) -> Box<dyn Work>) -> Body {
    Body {
        question: QUESTION,
        variant,
        start,
    }
}

/// Counts how often each word was seen.
pub trait Counts: Sync + Send {
    fn see(&self, word: u64);
    fn total(&self) -> u64;
}

/// Threads that count words in one map, which must not lose any.
pub struct Counter<C>(pub C);

impl<C: Counts> Work for Counter<C> {
    fn turns(&self, thread: usize, turns: u64) {
        let first = thread as u64 * 7;
        (0..turns).for_each(|turn| self.0.see((first + turn) % WORDS));
    }

    fn fault(&self, turns: u64) -> Option<String> {
        let total = self.0.total();
        (total != turns).then(|| format!("{turns} words were seen, {total} counted"))
    }
}

#[derive(Default)]
struct Locked(Mutex<HashMap<u64, u64>>);

impl Counts for Locked {
    fn see(&self, word: u64) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *map.entry(word).or_default() += 1;
    }

    fn total(&self) -> u64 {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.values().sum()
    }
}

/// A writer adds a new word; readers count.
#[derive(Default)]
struct Shared(RwLock<HashMap<u64, AtomicU64>>);

impl Counts for Shared {
    fn see(&self, word: u64) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = known.get(&word) {
            count.fetch_add(1, Relaxed);
            return;
        }
        drop(known);
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        map.entry(word).or_default().fetch_add(1, Relaxed);
    }

    fn total(&self) -> u64 {
        let map = self.0.read().unwrap_or_else(PoisonError::into_inner);
        map.values().map(|count| count.load(Relaxed)).sum()
    }
}

impl Counts for dashmap::DashMap<u64, u64> {
    fn see(&self, word: u64) {
        *self.entry(word).or_default() += 1;
    }

    fn total(&self) -> u64 {
        self.iter().map(|entry| *entry.value()).sum()
    }
}

impl Counts for papaya::HashMap<u64, u64> {
    fn see(&self, word: u64) {
        self.pin().update_or_insert(word, |count| count + 1, 1);
    }

    fn total(&self) -> u64 {
        self.pin().values().sum()
    }
}

impl Counts for scc::HashMap<u64, u64> {
    fn see(&self, word: u64) {
        self.entry_sync(word)
            .and_modify(|count| *count += 1)
            .or_insert(1);
    }

    fn total(&self) -> u64 {
        let mut total = 0;
        self.iter_sync(|_, count| {
            total += count;
            true
        });
        total
    }
}
