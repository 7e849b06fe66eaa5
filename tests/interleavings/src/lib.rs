//! Runs the shelf of a pool under every order of its threads' steps.
//!
//! loom compiles the shipped source file with its own mutex. A planted shelf that takes its lock
//! twice for one return shows that loom finds such a fault.

#![cfg(test)]

use std::sync::Arc;

use loom::sync::Mutex;
use loom::thread;

#[path = "../../../src/pool/shelf.rs"]
mod shelf;

use shelf::{Bound, Level, Shelf};

const BOUND: Bound = Bound {
    objects: 1,
    bytes: 10,
};

fn use_once(shelf: &Shelf<u32>, mark: u32) {
    let object = shelf.take(|_| ()).unwrap_or(mark);
    let _ = shelf.put(object, 10, BOUND);
}

#[test]
fn nothing_is_lost_and_no_bound_is_broken() {
    loom::model(|| {
        let shelf = Arc::new(Shelf::new());
        let others = [1, 2].map(|mark| {
            let shelf = Arc::clone(&shelf);
            thread::spawn(move || use_once(&shelf, mark))
        });
        let seen = shelf.level();
        assert!(seen.waiting <= 1 && seen.waiting_bytes <= 10 && seen.away <= 2);
        for other in others {
            assert!(other.join().is_ok());
        }
        let Level { discarded, .. } = shelf.level();
        let expected = Level {
            waiting: 1,
            waiting_bytes: 10,
            away: 0,
            discarded,
        };
        assert_eq!(shelf.level(), expected);
        assert!(discarded <= 1);
    });
}

#[test]
fn an_object_is_never_with_two_threads() {
    loom::model(|| {
        let shelf = Arc::new(Shelf::new());
        assert_eq!(shelf.take(|_| ()), None);
        assert_eq!(shelf.put(7, 10, BOUND), None);
        let there = Arc::clone(&shelf);
        let other = thread::spawn(move || there.take(|_| ()));
        let here = shelf.take(|_| ());
        let other = other.join().ok().flatten();
        assert!((here == Some(7)) != (other == Some(7)));
        shelf.give_up();
        assert_eq!(shelf.level().away, 1);
    });
}

#[test]
fn clearing_during_a_return_keeps_or_discards_the_object() {
    loom::model(|| {
        let shelf = Arc::new(Shelf::new());
        let there = Arc::clone(&shelf);
        let other = thread::spawn(move || use_once(&there, 1));
        drop(shelf.clear());
        assert!(other.join().is_ok());
        let level = shelf.level();
        assert_eq!(level.waiting as u64 + level.discarded, 1);
        assert_eq!(level.waiting_bytes, level.waiting * 10);
    });
}

#[test]
#[should_panic(expected = "the shelf holds more objects than its bound")]
fn a_bound_that_is_checked_under_an_earlier_lock_is_found_broken() {
    loom::model(|| {
        let shelf = Arc::new(Mutex::new(Vec::new()));
        let put = |shelf: &Mutex<Vec<u32>>| {
            let has_room = shelf.lock().is_ok_and(|waiting| waiting.is_empty());
            if has_room && let Ok(mut waiting) = shelf.lock() {
                waiting.push(1);
                assert!(
                    waiting.len() <= 1,
                    "the shelf holds more objects than its bound"
                );
            }
        };
        let there = Arc::clone(&shelf);
        let other = thread::spawn(move || put(&there));
        put(&shelf);
        other
            .join()
            .expect("the shelf holds more objects than its bound");
    });
}
