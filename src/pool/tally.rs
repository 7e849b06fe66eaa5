//! Hits and misses of every pool of the program, including dropped ones.
//!
//! Each pool has its own counters, so that pools on different threads do not contend for one
//! counter. A reader sums over all pools.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    pools: Vec::new(),
    ended: Answers { hits: 0, misses: 0 },
});

struct Registry {
    pools: Vec<Arc<Counters>>,
    ended: Answers,
}

#[derive(Default)]
struct Counters {
    hits: AtomicU64,
    misses: AtomicU64,
}

/// Numbers of hits and misses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    pub hits: u64,
    pub misses: u64,
}

/// The counters of one pool, registered while the pool lives.
pub(super) struct Tally(Arc<Counters>);

impl Tally {
    pub(super) fn register() -> Self {
        let counters = Arc::new(Counters::default());
        registry().pools.push(Arc::clone(&counters));
        Self(counters)
    }

    /// Only one thread at a time may call it, which the pool's lock guarantees. A load and a store
    /// are therefore enough; an atomic addition would cost as much as the lock itself.
    pub(super) fn count(&self, is_hit: bool) {
        let counter = if is_hit { &self.0.hits } else { &self.0.misses };
        counter.store(counter.load(Relaxed).wrapping_add(1), Relaxed);
    }

    pub(super) fn answers(&self) -> Answers {
        self.0.answers()
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let mut registry = registry();
        registry.pools.retain(|pool| !Arc::ptr_eq(pool, &self.0));
        let all = registry.ended.and(self.0.answers());
        registry.ended = all;
    }
}

impl Counters {
    fn answers(&self) -> Answers {
        Answers {
            hits: self.hits.load(Relaxed),
            misses: self.misses.load(Relaxed),
        }
    }
}

impl Answers {
    fn and(self, other: Self) -> Self {
        Self {
            hits: self.hits.saturating_add(other.hits),
            misses: self.misses.saturating_add(other.misses),
        }
    }

    /// The share of requests that were hits, from 0 to 1; 0 if there was no request.
    pub fn hit_ratio(self) -> f64 {
        let requests = self.hits.saturating_add(self.misses);
        if requests == 0 {
            return 0.0;
        }
        self.hits as f64 / requests as f64
    }
}

/// The sum over all pools of the program, including dropped ones.
pub(crate) fn of_all_pools() -> Answers {
    let registry = registry();
    let living = registry.pools.iter().map(|pool| pool.answers());
    living.fold(registry.ended, Answers::and)
}

fn registry() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}
