//! Pools: a warm pool does not allocate, and no pool keeps more than its bound.

use std::hint::black_box;
use std::sync::Mutex;
use std::thread;

use heapmark::pool::Pool;

use crate::one_by_one::{Test, tests};
use crate::{growth, tracked};

pub const TESTS: &[Test] = tests![
    a_warm_pool_does_not_touch_the_heap,
    a_pool_to_which_objects_are_not_returned_is_seen_to_allocate,
    retained_bytes_are_what_the_allocator_counts,
    what_a_spike_leaves_is_within_the_bound,
    a_pool_without_a_bound_is_seen_to_keep_a_spike,
    a_clear_before_the_shrink_is_what_shrinks,
    an_ended_pool_leaves_nothing,
    another_thread_may_return_an_object,
];

fn buffers() -> Pool<Vec<u8>> {
    Pool::new(16, || Vec::with_capacity(1024), Vec::clear)
}

fn a_warm_pool_does_not_touch_the_heap() {
    let pool = buffers();
    drop(pool.get());
    let (heap, ()) = tracked(|| {
        for _ in 0..100 {
            black_box(pool.get()).push(1);
        }
    });
    assert_eq!((heap.total_blocks, heap.total_bytes), (0, 0));
    assert_eq!(pool.stats().hits, 100);
}

fn a_pool_to_which_objects_are_not_returned_is_seen_to_allocate() {
    let without_guard = Mutex::new(vec![Vec::<u8>::with_capacity(1024)]);
    let (heap, ()) = tracked(|| {
        for _ in 0..100 {
            let taken = without_guard.lock().ok().and_then(|mut pool| pool.pop());
            black_box(taken.unwrap_or_else(|| Vec::with_capacity(1024)));
        }
    });
    assert_eq!(heap.total_blocks, 99);
}

fn retained_bytes_are_what_the_allocator_counts() {
    let pool = buffers().with_retained_bytes(1 << 20, Vec::capacity);
    let (heap, ()) = tracked(|| drop([pool.get(), pool.get(), pool.get()]));
    let stats = pool.stats();
    let own = 3 * size_of::<Vec<u8>>();
    assert_eq!(stats.retained_bytes, 3 * 1024 + own);
    // The list of waiting objects has an entry for each, and spare capacity.
    let list = heap.live_bytes - 3 * 1024;
    assert!(list >= own as i64 && list <= 256, "{heap:?}");
}

/// Live bytes after 100 buffers were in use at once and each grew to 10,000 B.
fn kept_after_spike(pool: &Pool<Vec<u8>>) -> i64 {
    let (heap, ()) = tracked(|| {
        let mut away: Vec<_> = (0..100).map(|_| pool.get()).collect();
        for buffer in &mut away {
            buffer.reserve_exact(10_000);
        }
    });
    assert!(heap.peak_bytes >= 1_000_000, "{heap:?}");
    heap.live_bytes
}

fn what_a_spike_leaves_is_within_the_bound() {
    let pool = buffers().with_retained_bytes(30_000, Vec::capacity);
    let kept = kept_after_spike(&pool);
    assert!((20_000..=30_000 + 256).contains(&kept), "{kept}");
}

fn a_pool_without_a_bound_is_seen_to_keep_a_spike() {
    let pool = Pool::new(1_000, Vec::new, Vec::<u8>::clear);
    assert!(kept_after_spike(&pool) >= 1_000_000);
}

fn a_clear_before_the_shrink_is_what_shrinks() {
    let kept = |reset: fn(&mut Vec<u8>)| {
        let pool = Pool::new(1, Vec::new, reset);
        pool.get().resize(50_000, 1);
        pool.get().capacity()
    };
    let wrong_way_round = kept(|buffer| {
        buffer.shrink_to(1024);
        buffer.clear();
    });
    let right_way_round = kept(|buffer| {
        buffer.clear();
        buffer.shrink_to(1024);
    });
    assert!(wrong_way_round >= 50_000);
    assert_eq!(right_way_round, 1024);
}

fn an_ended_pool_leaves_nothing() {
    let grown = growth(100, || {
        let pool = buffers();
        drop([pool.get(), pool.get()]);
    });
    assert_eq!(grown, 0);
}

fn another_thread_may_return_an_object() {
    let pool = buffers();
    let buffer = pool.get();
    thread::scope(|scope| scope.spawn(|| drop(buffer)).join()).expect("the thread does not panic");
    assert_eq!(pool.stats().retained, 1);
}
