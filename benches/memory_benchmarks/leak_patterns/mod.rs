//! Leak patterns of long-running programs, each with a solution.
//!
//! A problem and its solutions answer one question, in a separate file. An iteration is one request
//! to a state that persists, and each case declares whether its live memory grows. The three cases
//! without a question start with a new state in each iteration and drop everything, so that growth
//! shows as their peak.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::{Arc, Weak};

use heapmark::Bencher;
use lru::LruCache;

mod cancelled_timers;
mod dead_weak_keys;
mod finished_jobs;
mod forgotten_guard;
mod forgotten_handlers;
mod high_water_buffer;
mod interned_input;
mod leaked_names;
mod own_callback;
mod shared_cycle;
mod statements_by_text;
mod static_log;
mod thread_local_pile;
mod unbounded_cache;
mod unlimited_pool;
mod unread_channel;

heapmark::group! {
    /// Leak patterns of long-running programs, each with its solution.
    leak_patterns;

    /// An iteration fills a new map with 1,000 new keys of 100 B each and evicts none. Its peak
    /// contains every entry, and would rise with more entries.
    unbounded_cache_growth: allocs >= 2_001, allocs <= 2_010, reallocs == 0, drop_frees == 2_001,
        bytes >= 1_000 * ENTRY, bytes <= 310_000, peak >= 1_000 * ENTRY, peak <= 250_000,
        retained == 0;

    /// An iteration makes the same 1,000 inserts into a new cache that evicts the least recently
    /// used entry above 100. Keys and values need as many allocations, but the peak is a tenth.
    bounded_cache_with_eviction: allocs >= 2_103, allocs <= 2_104, reallocs == 0,
        drop_frees == 303, bytes >= 1_000 * ENTRY, bytes <= 122_000, peak >= 100 * ENTRY,
        peak <= 24_000, retained == 0;

    /// A parent owns its child, which points back with a `Weak`. Both can reach each other, and
    /// both are freed.
    weak_reference_pattern: allocs == 2, frees == 2, reallocs == 0, drop_frees == 2,
        bytes == 6 * size_of::<usize>(), peak == 6 * size_of::<usize>(), retained == 0;

    question unbounded_cache;
    question forgotten_handlers;
    question shared_cycle;
    question high_water_buffer;
    question thread_local_pile;
    question forgotten_guard;
    question leaked_names;
    question unread_channel;
    question cancelled_timers;
    question interned_input;
    question unlimited_pool;
    question statements_by_text;
    question finished_jobs;
    question static_log;
    question own_callback;
    question dead_weak_keys;
}

/// Entries inserted in one iteration.
const INSERTS: u32 = 1_000;

/// The largest number of entries in the bounded cache.
const BOUND: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// The smallest size of an entry: the shortest key and its value.
const ENTRY: usize = "key_0".len() + VALUE;

/// Bytes of a value.
const VALUE: usize = 100;

fn unbounded_cache_growth(b: &mut Bencher) {
    b.iter(|| {
        let mut cache = HashMap::new();
        for number in 0..black_box(INSERTS) {
            let (key, value) = entry(number);
            cache.insert(key, value);
        }
        cache
    });
}

// Evictions leave markers in the table, and the table is rebuilt when there are too many. With a
// hash seed, this step would move along the timeline from run to run, although sums and peak stay
// the same. This case therefore hashes without a seed.
fn bounded_cache_with_eviction(b: &mut Bencher) {
    b.iter(|| {
        let seedless = BuildHasherDefault::<DefaultHasher>::default();
        let mut cache = LruCache::with_hasher(black_box(BOUND), seedless);
        for number in 0..black_box(INSERTS) {
            let (key, value) = entry(number);
            cache.put(key, value);
        }
        cache
    });
}

fn entry(number: u32) -> (String, Vec<u8>) {
    (format!("key_{number}"), vec![0; black_box(VALUE)])
}

fn weak_reference_pattern(b: &mut Bencher) {
    b.iter(|| {
        let parent = Arc::new_cyclic(|parent| Parent {
            child: Arc::new(Child {
                parent: Weak::clone(parent),
            }),
        });
        // Without the pointer back there would be no cycle.
        let back = black_box(&parent).child.parent.upgrade();
        assert!(back.is_some_and(|back| Arc::ptr_eq(&back, &parent)));
        parent
    });
}

struct Parent {
    child: Arc<Child>,
}

struct Child {
    parent: Weak<Parent>,
}
