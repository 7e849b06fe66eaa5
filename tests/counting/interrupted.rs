//! Panics during a count, and two counts at once: the gate closes, and the timeline ends.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use heapmark::__private::alloc::{Meter, Totals, is_closed, open};
use heapmark::__private::instruments::{Count, Observer};
use heapmark::{BatchSize, Bencher};

use crate::observe;
use crate::one_by_one::{Test, tests};

pub const TESTS: &[Test] = tests![
    a_panic_in_the_setup_closes_the_gate,
    a_panic_in_the_routine_closes_the_gate,
    a_panic_in_the_drop_closes_the_gate,
    a_case_after_one_that_panicked_counts_as_usual,
    a_thread_has_one_meter_at_a_time,
    a_count_inside_a_count_observes_nothing_and_disturbs_nothing,
    a_meter_dropped_in_the_middle_closes_the_gate,
    a_meter_that_begins_twice_opens_the_gate_once,
    guards_that_overlap_keep_the_gate_open_until_the_last_goes,
    nothing_is_counted_while_the_gate_is_closed,
];

/// Panics without printing a message.
fn stop() {
    resume_unwind(Box::new("stopped"));
}

struct PanicsWhenDropped(#[expect(dead_code, reason = "its memory is what counts")] Box<u8>);

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        stop();
    }
}

/// Runs a workload that panics, and then allocates. If the timeline had not ended, the allocator
/// would now write into freed memory.
fn interrupt(workload: impl FnOnce(&mut Bencher<'_>)) {
    let mut count = Count::new(3);
    let ended = catch_unwind(AssertUnwindSafe(|| {
        workload(&mut Bencher::new(&mut count));
    }));
    assert!(ended.is_err());
    assert!(count.take().is_empty());
    assert!(is_closed());
    allocate_while_timelines_are_written();
}

/// A meter that has begun but not started opens the gate for timelines, but runs none itself.
fn allocate_while_timelines_are_written() {
    let mut meter = Meter::with_timeline(8).expect("the thread has no meter");
    meter.begin();
    let before = Totals::of_process();
    drop(black_box(Box::new(0_u8)));
    let change = Totals::of_process() - before;
    assert_eq!((change.allocs, change.frees), (1, 1));
    assert_eq!(meter.timeline().events(), 0);
}

fn a_panic_in_the_setup_closes_the_gate() {
    interrupt(|b| b.iter_batched(stop, |()| (), BatchSize::SmallInput));
}

fn a_panic_in_the_routine_closes_the_gate() {
    interrupt(|b| b.iter(stop));
}

fn a_panic_in_the_drop_closes_the_gate() {
    interrupt(|b| b.iter(|| PanicsWhenDropped(Box::new(black_box(0)))));
}

fn a_case_after_one_that_panicked_counts_as_usual() {
    interrupt(|b| b.iter(stop));
    let seen = observe(|b| b.iter(|| Box::new(black_box([0_u8; 64]))));
    assert_eq!((seen.routine.allocs, seen.peak), (1, Some(64)));
}

fn a_thread_has_one_meter_at_a_time() {
    let first = Meter::with_timeline(1);
    assert!(first.is_some());
    assert!(Meter::with_timeline(1).is_none());
    drop(first);
    assert!(Meter::with_timeline(1).is_some());
}

fn a_count_inside_a_count_observes_nothing_and_disturbs_nothing() {
    let seen = observe(|b| {
        b.iter(|| {
            let outer = Box::new(black_box([0_u8; 64]));
            let mut inner = Count::new(3);
            Bencher::new(&mut inner).iter(|| Box::new(black_box([0_u8; 1000])));
            assert!(inner.take().is_empty());
            outer
        });
    });
    assert_eq!((seen.routine.allocs, seen.peak), (1, Some(64)));
    assert_eq!(
        seen.timeline.map(|timeline| timeline.live),
        Some(vec![64, 0])
    );
}

fn a_meter_dropped_in_the_middle_closes_the_gate() {
    let mut meter = Meter::with_timeline(8).expect("the thread has no meter");
    meter.begin();
    assert!(!is_closed());
    meter.start();
    drop(meter);
    assert!(is_closed());
    allocate_while_timelines_are_written();
}

fn a_meter_that_begins_twice_opens_the_gate_once() {
    let mut meter = Meter::with_timeline(8).expect("the thread has no meter");
    meter.begin();
    meter.begin();
    meter.start();
    meter.returned();
    let reading = meter.finish();
    assert!(is_closed());
    assert_eq!(reading.routine, Totals::default());
}

fn guards_that_overlap_keep_the_gate_open_until_the_last_goes() {
    let first = open();
    let second = open();
    drop(first);
    assert!(!is_closed());
    drop(second);
    assert!(is_closed());
}

fn nothing_is_counted_while_the_gate_is_closed() {
    let before = Totals::of_process();
    drop(black_box(Box::new(0_u8)));
    assert_eq!(Totals::of_process(), before);
}
