//! Tests of registration, of reuse, and of events before or after a thread has a block.

use std::cell::RefCell;
use std::sync::atomic::AtomicBool;
use std::thread;

use super::*;
use crate::alloc::tests::take_turn;

#[test]
fn a_class_is_the_power_of_two_at_or_above_the_size() {
    let classes = [0, 1, 2, 3, 4, 5, 64, 65, usize::MAX].map(class);
    assert_eq!(classes, [0, 0, 1, 2, 2, 3, 6, 7, CLASSES - 1]);
}

#[test]
fn threads_one_after_the_other_share_a_block() {
    let _turn = take_turn();
    let before = all().count();
    for _ in 0..20 {
        spawn_and_join(|| on_alloc(1));
    }
    assert!(all().count() <= before + 1);
}

#[test]
fn threads_that_start_at_the_same_time_have_different_blocks() {
    const ROUNDS: usize = if cfg!(miri) { 3 } else { 1000 };
    let _turn = take_turn();
    for _ in 0..ROUNDS {
        let ready = AtomicU64::new(0);
        let register_together = || {
            ready.fetch_add(1, Relaxed);
            while ready.load(Relaxed) < 2 {
                thread::yield_now();
            }
            let own = Block::own().map(ptr::from_ref).map(|block| block.addr());
            // Neither thread ends, which would release its block, before both have one.
            ready.fetch_add(1, Relaxed);
            while ready.load(Relaxed) < 4 {
                thread::yield_now();
            }
            own.unwrap()
        };
        thread::scope(|scope| {
            let first = scope.spawn(register_together);
            let second = scope.spawn(register_together);
            assert_ne!(first.join().unwrap(), second.join().unwrap());
        });
    }
}

#[test]
fn a_new_block_is_initialised_when_another_thread_finds_it() {
    let _turn = take_turn();
    let before = all().count();
    thread::scope(|scope| {
        // The block has no owner, so the next thread may take it.
        scope.spawn(|| {
            let block = add_new(lineage::of_this_thread()).unwrap();
            block.taken.store(false, Ordering::Release);
        });
        // The list is the only synchronisation between the two threads, so Miri reports a push
        // that does not publish the block's contents.
        while all().count() == before {
            thread::yield_now();
        }
        totals();
    });
}

#[test]
fn a_block_that_is_handed_on_keeps_what_its_last_owner_counted() {
    let _turn = take_turn();
    let before = totals();
    for _ in 0..10 {
        let threads = [(); 4].map(|()| {
            thread::spawn(|| {
                on_alloc(100);
                on_realloc(100, 300);
                on_free(50);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    }
    let change = totals() - before;
    assert_eq!((change.allocs, change.reallocs, change.frees), (40, 40, 40));
    assert_eq!((change.bytes, change.live), (40 * 300, 40 * 250));
    assert_eq!((change.classes[7], change.classes[9]), (40, 40));
}

#[test]
fn a_reader_never_sees_a_counter_fall() {
    let _turn = take_turn();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..5 {
                spawn_and_join(|| (0..20).for_each(|_| on_alloc(8)));
            }
            done.store(true, Relaxed);
        });
        let mut earlier = totals();
        while !done.load(Relaxed) {
            let now = totals();
            assert!(now.allocs >= earlier.allocs);
            assert!(now.bytes >= earlier.bytes);
            earlier = now;
        }
    });
}

#[test]
fn the_peak_is_the_highest_level_since_it_was_reset() {
    let _turn = take_turn();
    spawn_and_join(|| {
        let own = Block::own().unwrap();
        on_alloc(1000);
        on_free(1000);
        own.reset_peak();
        let start = own.live();
        on_free(500);
        on_alloc(400);
        assert_eq!(own.peak(), start, "the level stayed below the start");
        on_realloc(400, 600);
        assert_eq!(own.peak(), start + 100);
    });
}

/// Counts three events when its thread ends.
struct AtEnd;

impl Drop for AtEnd {
    fn drop(&mut self) {
        assert!(Block::own().is_none());
        on_alloc(64);
        on_realloc(64, 128);
        on_free(100);
    }
}

#[test]
fn events_after_the_guard_was_dropped_are_counted_as_late() {
    thread_local!(static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) });
    let _turn = take_turn();
    let before = LATE.totals();
    spawn_and_join(|| {
        // Registered before the guard, so destroyed after it.
        AT_END.set(Some(AtEnd));
        on_alloc(1);
    });
    let late = LATE.totals() - before;
    assert_eq!((late.allocs, late.reallocs, late.frees), (1, 1, 1));
    assert_eq!((late.bytes, late.live), (128, 28));
    assert_eq!((late.classes[6], late.classes[7]), (1, 1));
}

#[test]
fn events_inside_the_registration_are_counted_as_late_and_do_not_recurse() {
    let _turn = take_turn();
    spawn_and_join(|| {
        let before = LATE.totals();
        PHASE.set(Phase::Registering);
        on_alloc(64);
        assert!(Block::own().is_none());
        PHASE.set(Phase::New);
        assert_eq!((LATE.totals() - before).allocs, 1);
        assert!(Block::own().is_some());
    });
}

fn spawn_and_join(work: impl FnOnce() + Send) {
    thread::scope(|scope| scope.spawn(work).join()).unwrap();
}
