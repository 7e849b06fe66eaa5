//! Memory statistics of work whose numbers are known.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;

use heapmark::__private::alloc::is_closed;
use heapmark::pool::Pool;
use heapmark::stats::{Heap, MemoryStats, Storage, TrackError, count_headers, memory_stats, track};

use crate::one_by_one::{Test, tests};
use crate::tracked;

pub const TESTS: &[Test] = tests![
    live_peak_and_total_are_counted_separately,
    a_resized_block_is_not_a_new_block,
    users_that_live_on_are_seen,
    memory_from_before_that_is_freed_counts_below_zero,
    the_peak_is_that_of_all_threads_together,
    the_two_counters_of_the_heap_agree,
    without_tracking_there_are_no_heap_statistics,
    a_second_tracking_is_refused_and_the_first_goes_on,
    reading_the_statistics_allocates_nothing,
    headers_are_counted_once_where_they_ended_up,
    the_hit_ratio_includes_dropped_pools,
    a_reader_of_json_gets_the_same_numbers,
];

fn live_peak_and_total_are_counted_separately() {
    let (heap, kept) = tracked(|| {
        drop(black_box(vec![0_u8; 1_000]));
        drop(black_box((vec![0_u8; 300], vec![0_u8; 300])));
        black_box(vec![0_u8; 10])
    });
    assert_eq!((heap.live_bytes, heap.live_blocks), (10, 1));
    assert_eq!((heap.peak_bytes, heap.peak_blocks), (1_000, 2));
    assert_eq!((heap.total_bytes, heap.total_blocks), (1_610, 4));
    drop(kept);
}

fn a_resized_block_is_not_a_new_block() {
    let (heap, kept) = tracked(|| {
        let mut list = black_box(Vec::<u8>::with_capacity(100));
        list.reserve_exact(250);
        list
    });
    assert_eq!((heap.live_bytes, heap.live_blocks), (250, 1));
    assert_eq!((heap.total_bytes, heap.total_blocks), (250, 1));
    assert_eq!((heap.peak_bytes, heap.peak_blocks), (250, 1));
    drop(kept);
}

fn users_that_live_on_are_seen() {
    let (heap, users) = tracked(|| [(); 100].map(|()| Box::new(black_box([0_u8; 32]))));
    assert_eq!((heap.live_blocks, heap.live_bytes), (100, 3_200));
    drop(users);
}

fn memory_from_before_that_is_freed_counts_below_zero() {
    let before = black_box(vec![0_u8; 500]);
    let (heap, ()) = tracked(|| drop(before));
    assert_eq!((heap.live_bytes, heap.live_blocks), (-500, -1));
    assert_eq!((heap.peak_bytes, heap.peak_blocks), (0, 0));
}

fn the_peak_is_that_of_all_threads_together() {
    const THREADS: usize = 4;
    let barrier = Barrier::new(THREADS);
    let (heap, ()) = tracked(|| {
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    let held = black_box(vec![0_u8; 100_000]);
                    barrier.wait();
                    drop(held);
                });
            }
        });
    });
    let all = 100_000 * THREADS as u64;
    // Each thread also allocates some memory for itself.
    assert!((all..all + 20_000).contains(&heap.peak_bytes), "{heap:?}");
}

fn the_two_counters_of_the_heap_agree() {
    let before = heapmark::__private::alloc::Totals::of_process();
    let (heap, kept) = tracked(|| {
        let away = thread::spawn(|| black_box(vec![0_u8; 4_000])).join();
        (away, black_box(vec![Box::new(1_u64); 50]))
    });
    let totals = heapmark::__private::alloc::Totals::of_process() - before;
    // Before tracking begins, `track` finds the allocator by allocating and freeing one block.
    assert_eq!(heap.live_bytes, totals.live);
    assert_eq!(heap.live_blocks, totals.allocs as i64 - totals.frees as i64);
    assert_eq!(heap.total_blocks, totals.allocs - 1);
    drop(kept);
}

fn without_tracking_there_are_no_heap_statistics() {
    assert_eq!(memory_stats().heap, None);
    let tracking = track().expect("the allocator is installed");
    assert_eq!(memory_stats().heap, Some(Heap::default()));
    drop(tracking);
    assert_eq!(memory_stats().heap, None);
    assert!(is_closed());
}

fn a_second_tracking_is_refused_and_the_first_goes_on() {
    let (heap, kept) = tracked(|| {
        assert_eq!(track().err(), Some(TrackError::AlreadyTracked));
        black_box(Box::new([0_u8; 64]))
    });
    // The second call of `track` found the allocator by allocating and freeing one block.
    assert_eq!((heap.live_bytes, heap.live_blocks), (64, 1));
    assert_eq!(heap.total_blocks, 2);
    drop(kept);
    // Every tracking begins at zero.
    assert_eq!(tracked(|| ()).0, Heap::default());
}

fn reading_the_statistics_allocates_nothing() {
    let _pool = Pool::new(1, String::new, String::clear);
    let (heap, _) = tracked(|| black_box(memory_stats()));
    assert_eq!(heap.total_blocks, 0);
}

fn headers_are_counted_once_where_they_ended_up() {
    let before = memory_stats();
    let mut requests = 0;
    for length in [0, 3, 8, 9, 20] {
        // Eight headers are stored inline; the ninth moves all of them to the heap.
        let storage = match length {
            0..=8 => Storage::Inline,
            _ => Storage::Heap,
        };
        count_headers(storage, length);
        requests += length as u64;
    }
    let after = memory_stats();
    let inline = after.headers_inline() - before.headers_inline();
    let heap = after.headers_heap() - before.headers_heap();
    assert_eq!((inline, heap), (11, 29));
    assert_eq!(inline + heap, requests);
}

fn the_hit_ratio_includes_dropped_pools() {
    let before = memory_stats();
    let living = Pool::new(1, String::new, String::clear);
    drop(living.get());
    {
        let ended = Pool::new(1, Vec::<u8>::new, Vec::clear);
        for _ in 0..7 {
            drop(ended.get());
        }
    }
    let after = memory_stats();
    let hits = after.pool_hits - before.pool_hits;
    let misses = after.pool_misses - before.pool_misses;
    assert_eq!((hits, misses), (6, 2));
    let all = (after.pool_hits + after.pool_misses) as f64;
    assert_eq!(after.pool_hit_ratio(), after.pool_hits as f64 / all);
}

fn a_reader_of_json_gets_the_same_numbers() {
    let (_, stats) = tracked(memory_stats);
    let text = serde_json::to_string(&stats).expect("plain numbers");
    assert!(text.starts_with(r#"{"heap":{"live_bytes":0,"#), "{text}");
    let back: MemoryStats = serde_json::from_str(&text).expect("what was written");
    assert_eq!(back, stats);
}
