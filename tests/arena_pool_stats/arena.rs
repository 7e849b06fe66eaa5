//! Arenas: one block for many values, which is freed or reused.

use std::hint::black_box;
use std::panic::catch_unwind;
use std::thread;

use heapmark::arena::bumpalo::Bump;
use heapmark::arena::{KEPT_BYTES, reset_arena, with_arena};

use crate::one_by_one::{Test, tests};
use crate::{growth, tracked};

pub const TESTS: &[Test] = tests![
    many_values_are_one_block_and_later_none,
    a_thousand_requests_leave_nothing,
    an_arena_that_is_never_reset_is_seen_to_grow,
    requests_that_panic_leave_nothing,
    a_boxed_string_frees_its_buffer,
    a_string_without_drop_is_seen_to_leak,
    one_spike_does_not_stay,
    a_thread_that_ends_frees_its_arenas,
];

/// One request: 1,000 B in ten values.
fn request() {
    with_arena(|arena| {
        for _ in 0..10 {
            black_box(arena.alloc_slice(&[1_u8; 100]));
        }
    });
}

fn many_values_are_one_block_and_later_none() {
    reset_arena();
    let (heap, length) = tracked(|| {
        with_arena(|arena| {
            let texts = [1, 2, 3].map(|id| arena.alloc_format(format_args!("/users/{id}")).len());
            texts.iter().sum::<usize>()
        })
    });
    assert_eq!(length, 24);
    // The chunk, and the list of arenas that the thread keeps.
    assert!(heap.total_blocks <= 2, "{heap:?}");
    let (heap, ()) = tracked(|| with_arena(|arena| _ = black_box(arena.alloc_str("GET"))));
    assert_eq!(heap.total_blocks, 0, "{heap:?}");
}

fn a_thousand_requests_leave_nothing() {
    assert_eq!(growth(1_000, request), 0);
}

fn an_arena_that_is_never_reset_is_seen_to_grow() {
    let forgotten = Bump::new();
    let grown = growth(1_000, || _ = black_box(forgotten.alloc([1_u8; 1000])));
    assert!(grown >= 1_000_000, "{grown}");
}

fn requests_that_panic_leave_nothing() {
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let grown = growth(100, || {
        let panicked = catch_unwind(|| {
            with_arena(|arena| {
                let _name = arena.alloc_boxed(String::from(black_box("half done")));
                panic!("in the middle of a request");
            })
        });
        assert!(panicked.is_err());
    });
    std::panic::set_hook(quiet);
    assert_eq!(grown, 0);
}

fn a_boxed_string_frees_its_buffer() {
    let grown = growth(100, || {
        with_arena(|arena| {
            black_box(arena.alloc_boxed(String::from(black_box("on the heap"))));
        });
    });
    assert_eq!(grown, 0);
}

fn a_string_without_drop_is_seen_to_leak() {
    let grown = growth(100, || {
        with_arena(|arena| {
            black_box(arena.alloc_without_drop(String::from(black_box("on the heap"))));
        });
    });
    assert_eq!(grown, 1_100);
}

fn one_spike_does_not_stay() {
    reset_arena();
    let (heap, ()) = tracked(|| {
        request();
        with_arena(|arena| _ = black_box(arena.alloc_slice(&vec![0_u8; 2 * KEPT_BYTES])));
        request();
    });
    assert!(heap.peak_bytes >= 2 * KEPT_BYTES as u64, "{heap:?}");
    assert!(heap.live_bytes < 4_096, "{heap:?}");
}

fn a_thread_that_ends_frees_its_arenas() {
    let in_a_thread = || {
        let ended = thread::spawn(request).join();
        assert!(ended.is_ok());
    };
    assert_eq!(growth(10, in_a_thread), 0);
}
