//! 1,000 words are counted, of which 100 differ: the cost of lookups that need an owned key, and of
//! a concurrent map on one thread.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use dashmap::DashMap;
use heapmark::Bencher;
use rustc_hash::FxHasher;

heapmark::question! {
    "count 1,000 words of which 100 differ";

    /// `entry` needs an owned key each time: one block per word.
    entry as "HashMap::entry": allocs == 1006, retained == 0;
    /// A lookup first, so that only new words are copied.
    get as "HashMap::get_mut, then insert": allocs == 106, retained == 0;
    /// `entry_ref` looks up and copies only new words, in one step.
    entry_ref as "hashbrown::entry_ref": allocs == 106, retained == 0;
    /// With borrowed keys, only the tables are allocated.
    borrowed as "HashMap<&str, u32>": allocs == 6, retained == 0;
    /// A tree with borrowed keys allocates only its nodes.
    btree as "BTreeMap<&str, u32>": allocs == 17, reallocs == 0, retained == 0;
    /// A mutex around the map allocates nothing.
    mutex as "Mutex<HashMap>": allocs == 106, retained == 0;
    /// Each shard has its own table.
    dash as "DashMap": allocs == 119, retained == 0;
}

type Fixed = BuildHasherDefault<FxHasher>;

fn words() -> Vec<String> {
    (0..1000)
        .map(|n| format!("word number {:02}", n % 100))
        .collect()
}

fn entry(b: &mut Bencher) {
    let words = words();
    let count = || {
        let mut counts: HashMap<String, u32, Fixed> = HashMap::default();
        for word in black_box(&words) {
            *counts.entry(word.clone()).or_default() += 1;
        }
        counts
    };
    assert_eq!(count()["word number 07"], 10);
    b.iter(count);
}

fn add(counts: &mut HashMap<String, u32, Fixed>, word: &str) {
    match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => drop(counts.insert(word.to_owned(), 1)),
    }
}

fn get(b: &mut Bencher) {
    let words = words();
    let count = || {
        let mut counts = HashMap::default();
        black_box(&words)
            .iter()
            .for_each(|word| add(&mut counts, word));
        counts
    };
    assert_eq!(count()["word number 07"], 10);
    b.iter(count);
}

fn entry_ref(b: &mut Bencher) {
    let words = words();
    let count = || {
        let mut counts: hashbrown::HashMap<String, u32, Fixed> = hashbrown::HashMap::default();
        for word in black_box(&words) {
            *counts.entry_ref(word.as_str()).or_default() += 1;
        }
        counts
    };
    assert_eq!(count()["word number 07"], 10);
    b.iter(count);
}

fn borrowed(b: &mut Bencher) {
    let words = words();
    let count = || {
        let mut counts: HashMap<&str, u32, Fixed> = HashMap::default();
        for word in black_box(&words) {
            *counts.entry(word).or_default() += 1;
        }
        counts
    };
    assert_eq!(count()["word number 07"], 10);
    b.iter(count);
}

fn btree(b: &mut Bencher) {
    let words = words();
    let count = || {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for word in black_box(&words) {
            *counts.entry(word).or_default() += 1;
        }
        counts
    };
    assert_eq!(count()["word number 07"], 10);
    b.iter(count);
}

fn mutex(b: &mut Bencher) {
    let words = words();
    let count = || {
        let counts = Mutex::new(HashMap::default());
        for word in black_box(&words) {
            add(
                &mut counts.lock().unwrap_or_else(PoisonError::into_inner),
                word,
            );
        }
        counts
    };
    let counted = count().into_inner().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(counted["word number 07"], 10);
    b.iter(count);
}

fn dash(b: &mut Bencher) {
    let words = words();
    let count = || {
        let counts: DashMap<String, u32, Fixed> =
            DashMap::with_hasher_and_shard_amount(Fixed::default(), 4);
        for word in black_box(&words) {
            match counts.get_mut(word.as_str()) {
                Some(mut count) => *count += 1,
                None => drop(counts.insert(word.clone(), 1)),
            }
        }
        counts
    };
    assert_eq!(count().get("word number 07").map(|count| *count), Some(10));
    b.iter(count);
}
