//! What is still counted, and what is unknown, when other threads allocate.

use std::cell::RefCell;
use std::hint::black_box;
use std::mem;
use std::thread;

use heapmark::__private::alloc::{Meter, Open, Totals, is_closed, open};
use heapmark::BatchSize;

use crate::observe;
use crate::one_by_one::{Test, tests};

pub const TESTS: &[Test] = tests![
    if_another_thread_allocates_peak_and_timeline_are_unknown,
    what_another_thread_leaks_is_retained,
    a_block_may_be_freed_by_another_thread_than_its_maker,
    an_input_from_another_thread_does_not_disturb_the_routine,
    own_totals_leave_other_threads_out,
    events_in_the_last_destructors_of_a_thread_are_in_the_total,
    a_thread_near_its_end_gets_no_meter,
];

fn on_another_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    // Joining the handle also waits for the destructors of the thread; the scope does not.
    thread::scope(|scope| scope.spawn(work).join()).expect("the thread does not panic")
}

fn if_another_thread_allocates_peak_and_timeline_are_unknown() {
    let seen = observe(|b| {
        b.iter(|| {
            let here = Box::new(black_box([0_u8; 16]));
            on_another_thread(|| black_box(vec![1_u8; 1000]).len());
            here
        });
    });
    assert!(seen.foreign_events >= 2, "{}", seen.foreign_events);
    assert!(seen.routine.bytes >= 1016);
    assert_eq!((seen.peak, seen.timeline), (None, None));
    assert_eq!(seen.retained, 0);
}

fn what_another_thread_leaks_is_retained() {
    let seen = observe(|b| {
        b.iter(|| on_another_thread(|| mem::forget(black_box(Box::new([0_u8; 77])))));
    });
    assert!(seen.foreign_events > 0);
    assert_eq!(seen.retained, 77);
}

fn a_block_may_be_freed_by_another_thread_than_its_maker() {
    let seen = observe(|b| {
        b.iter(|| {
            let away = Box::new(black_box([0_u8; 500]));
            let back = on_another_thread(move || {
                drop(away);
                Box::new(black_box([0_u8; 300]))
            });
            black_box(back)[0]
        });
    });
    assert_eq!(seen.retained, 0);
    assert_eq!(
        seen.routine.allocs + seen.drop.allocs,
        seen.routine.frees + seen.drop.frees
    );
}

fn an_input_from_another_thread_does_not_disturb_the_routine() {
    let seen = observe(|b| {
        b.iter_batched(
            || on_another_thread(|| vec![1_u8; 1000]),
            |mut list| {
                list.push(black_box(1));
                list
            },
            BatchSize::PerIteration,
        );
    });
    assert_eq!(seen.foreign_events, 0);
    assert_eq!((seen.peak, seen.retained), (Some(1000), 0));
    let timeline = seen
        .timeline
        .expect("no other thread allocates in the routine");
    assert_eq!((timeline.start, timeline.live), (1000, vec![2000, 0]));
}

fn own_totals_leave_other_threads_out() {
    let counting = open();
    let (own, all) = (Totals::of_this_thread(), Totals::of_process());
    on_another_thread(|| {
        let before = Totals::of_this_thread();
        drop(black_box(Box::new([0_u8; 64])));
        let change = Totals::of_this_thread() - before;
        assert_eq!((change.allocs, change.frees, change.bytes), (1, 1, 64));
    });
    let (own, all) = (Totals::of_this_thread() - own, Totals::of_process() - all);
    drop(counting);
    assert!(own.bytes + 64 <= all.bytes, "{own:?} {all:?}");
    assert!(own.events() + 2 <= all.events(), "{own:?} {all:?}");
}

/// Runs its function when the thread ends.
struct AtEnd(fn());

impl Drop for AtEnd {
    fn drop(&mut self) {
        (self.0)();
    }
}

thread_local! {
    static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
}

/// Runs `last` on a new thread after that thread released its counters. The destructor that is
/// registered first runs last, and the first counted event registers the guard of the counters.
/// Therefore the gate must be closed when the thread starts. It is open from the guard until the
/// returned value is dropped.
fn after_the_guard_is_gone(last: fn()) -> Open {
    assert!(is_closed());
    on_another_thread(move || {
        AT_END.set(Some(AtEnd(last)));
        let counting = open();
        drop(black_box(Box::new(0_u8)));
        counting
    })
}

fn events_in_the_last_destructors_of_a_thread_are_in_the_total() {
    fn every_kind_of_event() {
        let own = Totals::of_this_thread();
        let mut list = Vec::<u8>::with_capacity(black_box(100));
        list.reserve_exact(black_box(300));
        mem::forget(black_box(list));
        drop(black_box(Box::new([0_u8; 50])));
        // The counters of the thread no longer exist.
        assert_eq!(own, Totals::default());
        assert_eq!(own, Totals::of_this_thread());
    }
    let change = |last| {
        let before = Totals::of_process();
        let counting = after_the_guard_is_gone(last);
        let change = Totals::of_process() - before;
        drop(counting);
        change
    };
    let more = change(every_kind_of_event) - change(|| {});
    assert_eq!((more.allocs, more.frees, more.reallocs), (2, 1, 1));
    assert_eq!((more.bytes, more.live), (350, 300));
    let classes = [more.classes[6], more.classes[7], more.classes[9]];
    assert_eq!(classes, [1, 1, 1]);
}

fn a_thread_near_its_end_gets_no_meter() {
    drop(after_the_guard_is_gone(|| {
        assert!(Meter::with_timeline(1).is_none());
    }));
    on_another_thread(|| assert!(Meter::with_timeline(1).is_some()));
}
