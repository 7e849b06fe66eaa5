//! The sequence of events of one iteration.

use std::hint::black_box;
use std::mem;

use heapmark::__private::instruments::TIMELINE_EVENTS;
use heapmark::BatchSize;
use heapmark_model::record::{Observation, Timeline};

use crate::observe;
use crate::one_by_one::{Test, tests};

pub const TESTS: &[Test] = tests![
    the_timeline_of_a_growing_vec_is_a_staircase,
    the_timeline_begins_with_the_input_and_ends_with_what_is_retained,
    a_timeline_that_is_full_is_not_cut,
    a_timeline_with_one_event_too_many_is_cut_and_counts_it,
];

fn timeline(seen: &Observation) -> &Timeline {
    seen.timeline.as_ref().expect("no other thread allocates")
}

fn the_timeline_of_a_growing_vec_is_a_staircase() {
    let seen = observe(|b| {
        b.iter(|| {
            let mut list = Vec::new();
            for number in 0..17_u64 {
                list.push(black_box(number));
            }
            list
        });
    });
    let expected = Timeline {
        start: 0,
        events: 5,
        drop_at: 4,
        cut: false,
        at: None,
        live: vec![32, 64, 128, 256, 0],
    };
    assert_eq!(timeline(&seen), &expected);
}

fn the_timeline_begins_with_the_input_and_ends_with_what_is_retained() {
    let seen = observe(|b| {
        b.iter_batched(
            || vec![1_u8; 100],
            |list| {
                mem::forget(black_box(Box::new([0_u8; 7])));
                list.len()
            },
            BatchSize::SmallInput,
        );
    });
    assert_eq!(timeline(&seen).start, 100);
    assert_eq!(timeline(&seen).live, [107, 7]);
    assert_eq!(timeline(&seen).live.last(), Some(&seen.retained));
}

/// Fills the timeline to its last event, and then drops `input`.
fn fill_the_timeline<I>(input: fn() -> I) -> Observation {
    observe(|b| {
        b.iter_batched(
            input,
            |input| {
                for _ in 0..TIMELINE_EVENTS / 2 {
                    black_box(Box::new(0_u8));
                }
                input
            },
            BatchSize::SmallInput,
        );
    })
}

fn a_timeline_that_is_full_is_not_cut() {
    let seen = fill_the_timeline(|| ());
    assert!(!timeline(&seen).cut);
    assert_eq!(timeline(&seen).events, TIMELINE_EVENTS as u64);
}

fn a_timeline_with_one_event_too_many_is_cut_and_counts_it() {
    let seen = fill_the_timeline(|| Box::new(black_box([0_u8; 64])));
    assert!(timeline(&seen).cut);
    assert_eq!(timeline(&seen).events, TIMELINE_EVENTS as u64 + 1);
    assert!(timeline(&seen).live.iter().all(|&live| live >= 64));
    // The counters do not depend on the timeline.
    assert_eq!(seen.drop.frees, 1);
    assert_eq!((seen.peak, seen.retained), (Some(1), 0));
}
