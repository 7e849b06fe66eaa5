//! 1,000 names, of which 100 differ, are stored so that each can be identified later.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::hint::black_box;
use std::sync::Arc;

use heapmark::Bencher;
use lasso::{Rodeo, Spur};
use rustc_hash::FxHasher;

heapmark::question! {
    "intern 1,000 names of which 100 differ";

    /// Without interning, each name is a separate block.
    none as "Vec<String>": allocs == 1001, retained == 0;
    /// A map from name to number has one block for each different name, and six tables while it
    /// grows.
    map as "HashMap<String, u32>": allocs == 107, retained == 0;
    /// Shared names take one block for each different name, and a reference count for each use.
    shared as "HashMap<Arc<str>, ()>": allocs == 107, retained == 0;
    /// An interner packs the texts into a few large blocks and returns numbers.
    rodeo as "lasso::Rodeo": allocs == 6, reallocs == 1, retained == 0;
}

/// Hashes that are the same in every process, so that the counts are the same too.
type Fixed = BuildHasherDefault<FxHasher>;

fn names() -> Vec<String> {
    (0..1000)
        .map(|n| format!("name number {:02}", n % 100))
        .collect()
}

fn none(b: &mut Bencher) {
    let names = names();
    b.iter(|| black_box(&names).clone());
}

fn map(b: &mut Bencher) {
    let names = names();
    let intern = || {
        let mut numbers: HashMap<String, u32, Fixed> = HashMap::default();
        let mut kept = Vec::with_capacity(names.len());
        for name in black_box(&names) {
            let next = numbers.len() as u32;
            let number = match numbers.get(name) {
                Some(number) => *number,
                None => *numbers.entry(name.clone()).or_insert(next),
            };
            kept.push(number);
        }
        (numbers, kept)
    };
    let (numbers, kept) = intern();
    assert_eq!((numbers.len(), kept[100], kept[999]), (100, 0, 99));
    b.iter(intern);
}

fn shared(b: &mut Bencher) {
    let names = names();
    let intern = || {
        let mut known: HashMap<Arc<str>, (), Fixed> = HashMap::default();
        let mut kept: Vec<Arc<str>> = Vec::with_capacity(names.len());
        for name in black_box(&names) {
            let shared = match known.get_key_value(&**name) {
                Some((shared, ())) => Arc::clone(shared),
                None => {
                    let shared: Arc<str> = name.as_str().into();
                    known.insert(Arc::clone(&shared), ());
                    shared
                }
            };
            kept.push(shared);
        }
        (known, kept)
    };
    let (known, kept) = intern();
    assert_eq!((known.len(), &*kept[199]), (100, "name number 99"));
    b.iter(intern);
}

fn rodeo(b: &mut Bencher) {
    let names = names();
    let intern = || {
        let mut rodeo: Rodeo<Spur, Fixed> = Rodeo::with_hasher(Fixed::default());
        let kept: Vec<Spur> = black_box(&names)
            .iter()
            .map(|name| rodeo.get_or_intern(name))
            .collect();
        (rodeo, kept)
    };
    let (rodeo, kept) = intern();
    assert_eq!(
        (rodeo.len(), rodeo.resolve(&kept[199])),
        (100, "name number 99")
    );
    b.iter(intern);
}
