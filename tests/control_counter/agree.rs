//! Events that stats_alloc and our counters must count alike.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;

use crate::one_by_one::{Test, tests};
use crate::{ours, see, theirs};

pub const TESTS: &[Test] = tests![
    they_agree_on_every_kind_of_event,
    they_agree_on_random_events,
    they_agree_over_thousands_of_ended_threads,
    they_agree_over_threads_that_ran_before_the_gate_opened,
];

/// Number of random events in a test.
const EVENTS: u64 = if cfg!(miri) { 100 } else { 10_000 };

/// Number of threads in each test, spawned in batches.
const THREADS: usize = if cfg!(miri) { 20 } else { 10_000 };
const BATCH: usize = if cfg!(miri) { 5 } else { 25 };

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).expect("a valid layout")
}

/// Allocates, resizes and frees one block through the global allocator.
fn life_of_a_block(from: Layout, to: usize, zeroed: bool) {
    let make = if zeroed { alloc_zeroed } else { alloc };
    // SAFETY: every layout here has a non-zero size.
    let block = black_box(unsafe { make(from) });
    // SAFETY: the block has this layout, and the new size is not zero.
    let block = black_box(unsafe { realloc(block, from, to) });
    // SAFETY: the block has the new size and its old alignment.
    unsafe { dealloc(block, layout(to, from.align())) };
}

fn they_agree_on_every_kind_of_event() {
    let cases = [
        ("grow", layout(10, 1), 1000, false),
        ("shrink", layout(1000, 8), 10, false),
        ("keep", layout(64, 8), 64, false),
        ("zeroed", layout(100, 8), 200, true),
        ("over-aligned", layout(24, 4096), 48, false),
        ("over-aligned and zeroed", layout(24, 4096), 12, true),
    ];
    for (kind, from, to, zeroed) in cases {
        let seen = see(|| life_of_a_block(from, to, zeroed));
        assert_eq!(seen.all.events(), 3, "{kind}");
        assert_eq!(ours(&seen.all), theirs(&seen.theirs), "{kind}");
        assert_eq!(seen.all, seen.own, "{kind}");
    }
}

fn they_agree_on_random_events() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut kept: Vec<Vec<u8>> = Vec::new();
    let seen = see(|| {
        for _ in 0..EVENTS {
            let size = 1 + random(5000) as usize;
            match random(4) {
                0 => kept.push(Vec::with_capacity(size)),
                1 => kept.push(vec![0; size]),
                2 => drop(kept.pop()),
                _ => {
                    if let Some(list) = kept.last_mut() {
                        list.reserve_exact(size);
                        list.shrink_to(size / 2);
                    }
                }
            }
        }
    });
    assert!(seen.all.reallocs > EVENTS / 10 && seen.all.frees > EVENTS / 10);
    assert!(seen.all.live > 0);
    assert_eq!(ours(&seen.all), theirs(&seen.theirs));
}

/// Allocates when its thread ends.
struct AtEnd(#[expect(dead_code, reason = "its memory is what counts")] Box<[u8; 40]>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        let mut list = vec![1_u8; black_box(30)];
        list.reserve_exact(100);
        black_box(list);
    }
}

thread_local! {
    static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
}

/// Frees a block of the parent thread, and returns a block to it.
fn exchange(from_parent: Box<[u8; 200]>) -> Box<[u8; 300]> {
    drop(black_box(from_parent));
    black_box(format!("{}", black_box(7)));
    Box::new(black_box([0; 300]))
}

fn they_agree_over_thousands_of_ended_threads() {
    let seen = see(|| {
        for _ in 0..THREADS / BATCH {
            let spawn = |_| {
                let block = Box::new(black_box([0; 200]));
                thread::spawn(move || {
                    AT_END.set(Some(AtEnd(Box::new([0; 40]))));
                    exchange(block)
                })
            };
            let threads: Vec<_> = (0..BATCH).map(spawn).collect();
            for thread in threads {
                drop(thread.join().expect("the thread does not panic"));
            }
        }
    });
    assert!(seen.all.allocs >= 5 * THREADS as u64);
    assert_eq!(ours(&seen.all), theirs(&seen.theirs));
    assert!(seen.own.events() < seen.all.events());
}

/// These threads register their destructors before their first event is counted. The destructors
/// therefore run after the counters of the thread were released.
fn they_agree_over_threads_that_ran_before_the_gate_opened() {
    for _ in 0..THREADS / BATCH {
        let (ready, go) = (&Barrier::new(BATCH + 1), &Barrier::new(BATCH + 1));
        thread::scope(|scope| {
            let spawn = |_| {
                let block = Box::new(black_box([0; 200]));
                scope.spawn(move || {
                    AT_END.set(Some(AtEnd(Box::new([0; 40]))));
                    ready.wait();
                    go.wait();
                    exchange(block)
                })
            };
            let threads: Vec<_> = (0..BATCH).map(spawn).collect();
            ready.wait();
            let seen = see(|| {
                go.wait();
                for thread in threads {
                    drop(thread.join().expect("the thread does not panic"));
                }
            });
            assert!(seen.all.frees >= 4 * BATCH as u64);
            assert_eq!(ours(&seen.all), theirs(&seen.theirs));
        });
    }
}
