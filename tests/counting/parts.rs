//! Which events belong to the routine, to the drop, or to neither; peak and retained.

use std::hint::black_box;
use std::mem;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use heapmark::{AsyncExecutor, BatchSize};
use heapmark_model::record::Counts;

use crate::observe;
use crate::one_by_one::{Test, tests};

pub const TESTS: &[Test] = tests![
    the_drop_of_a_result_is_counted_separately,
    a_drop_may_allocate,
    making_the_input_is_not_counted,
    peak_is_above_the_start_and_not_above_the_input,
    peak_covers_what_the_drop_allocates,
    an_input_that_is_only_borrowed_is_freed_by_the_drop,
    a_fresh_input_is_made_for_each_iteration,
    a_large_drop_is_counted_as_any_other,
    all_that_a_custom_loop_does_is_counted,
    an_input_that_leaks_is_retained,
    freeing_an_older_block_makes_retained_negative,
    a_future_is_counted_without_its_executor,
    a_future_gets_an_input_that_is_not_counted,
];

const NOTHING: Counts = Counts {
    allocs: 0,
    frees: 0,
    reallocs: 0,
    bytes: 0,
};

fn the_drop_of_a_result_is_counted_separately() {
    let seen = observe(|b| {
        b.iter(|| {
            drop(black_box(Box::new([0_u8; 8])));
            (Box::new(black_box(1_u8)), Box::new(black_box(2_u8)))
        });
    });
    assert_eq!((seen.routine.allocs, seen.routine.frees), (3, 1));
    assert_eq!((seen.drop.allocs, seen.drop.frees), (0, 2));
    assert_eq!((seen.peak, seen.retained), (Some(8), 0));
}

struct AllocatesWhenDropped(usize);

impl Drop for AllocatesWhenDropped {
    fn drop(&mut self) {
        black_box(Vec::<u8>::with_capacity(self.0));
    }
}

fn a_drop_may_allocate() {
    let seen = observe(|b| b.iter(|| AllocatesWhenDropped(black_box(48))));
    assert_eq!(seen.routine, NOTHING);
    assert_eq!((seen.drop.allocs, seen.drop.frees), (1, 1));
    assert_eq!(seen.drop.bytes, 48);
    assert_eq!(seen.size_classes, [(64, 1)]);
}

fn peak_covers_what_the_drop_allocates() {
    let seen = observe(|b| b.iter(|| AllocatesWhenDropped(black_box(48))));
    assert_eq!((seen.peak, seen.retained), (Some(48), 0));
}

fn making_the_input_is_not_counted() {
    let seen = observe(|b| b.iter_batched(|| vec![1_u8; 100], drop, BatchSize::SmallInput));
    assert_eq!((seen.routine.allocs, seen.routine.bytes), (0, 0));
    assert_eq!((seen.routine.frees, seen.drop), (1, NOTHING));
    assert_eq!((seen.peak, seen.retained), (Some(0), 0));
    assert_eq!(seen.timeline.map(|timeline| timeline.start), Some(100));
}

fn peak_is_above_the_start_and_not_above_the_input() {
    let seen = observe(|b| {
        b.iter_batched(
            || vec![1_u8; 100],
            |mut list| {
                list.push(black_box(1));
                list
            },
            BatchSize::SmallInput,
        );
    });
    // The list doubles to 200 bytes.
    assert_eq!((seen.routine.reallocs, seen.routine.bytes), (1, 100));
    assert_eq!((seen.peak, seen.retained), (Some(100), 0));
    assert_eq!(seen.drop.frees, 1);
}

fn an_input_that_is_only_borrowed_is_freed_by_the_drop() {
    let seen = observe(|b| {
        b.iter_batched_ref(
            || vec![1_u8; 100],
            |list| list.clone(),
            BatchSize::SmallInput,
        );
    });
    assert_eq!((seen.routine.allocs, seen.routine.frees), (1, 0));
    assert_eq!((seen.drop.frees, seen.retained), (2, 0));
    assert_eq!(seen.peak, Some(100));
}

fn a_fresh_input_is_made_for_each_iteration() {
    let mut inputs = 0_usize;
    let seen = observe(|b| {
        b.iter_with_setup(
            || {
                inputs += 1;
                Box::new(black_box([1_u8; 16]))
            },
            |input| input,
        );
    });
    assert_eq!((seen.routine, seen.drop.frees), (NOTHING, 1));
    assert_eq!(inputs, 4, "a warm-up and three repetitions");
}

fn a_large_drop_is_counted_as_any_other() {
    let seen = observe(|b| b.iter_with_large_drop(|| vec![black_box(1_u8); 100]));
    assert_eq!((seen.routine.allocs, seen.routine.frees), (1, 0));
    assert_eq!((seen.drop.frees, seen.retained), (1, 0));
}

fn all_that_a_custom_loop_does_is_counted() {
    let seen = observe(|b| {
        b.iter_custom(|iterations| {
            for _ in 0..iterations {
                black_box(Box::new([0_u8; 8]));
            }
            Duration::ZERO
        });
    });
    assert_eq!((seen.routine.allocs, seen.routine.frees), (1, 1));
    assert_eq!((seen.drop, seen.peak), (NOTHING, Some(8)));
}

fn an_input_that_leaks_is_retained() {
    let seen = observe(|b| {
        b.iter_batched(
            || vec![1_u8; 100],
            |list| mem::forget(black_box(list)),
            BatchSize::SmallInput,
        );
    });
    assert_eq!((seen.routine, seen.drop), (NOTHING, NOTHING));
    assert_eq!((seen.peak, seen.retained), (Some(0), 100));
}

fn freeing_an_older_block_makes_retained_negative() {
    let mut older: Vec<_> = (0..4).map(|_| Box::new(black_box([1_u8; 64]))).collect();
    let seen = observe(|b| b.iter(|| drop(older.pop())));
    assert!(older.is_empty());
    assert_eq!((seen.routine.frees, seen.routine.bytes), (1, 0));
    assert_eq!((seen.peak, seen.retained), (Some(0), -64));
}

/// Allocates before and after it polls, as real executors do.
struct Busy;

impl AsyncExecutor for Busy {
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let before = black_box(Box::new([0_u8; 128]));
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        let output = loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                break output;
            }
        };
        drop(before);
        drop(black_box(Box::new([0_u8; 256])));
        output
    }
}

/// Is pending once, so that the executor leaves the routine and enters it again.
async fn pend_once() {
    let mut waited = false;
    std::future::poll_fn(|_| {
        if mem::replace(&mut waited, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

fn a_future_is_counted_without_its_executor() {
    let seen = observe(|b| {
        b.to_async(Busy).iter(|| async {
            let text = Box::new(black_box([0_u8; 16]));
            pend_once().await;
            text
        });
    });
    assert_eq!((seen.routine.allocs, seen.routine.bytes), (1, 16));
    assert_eq!((seen.drop.frees, seen.retained), (1, 0));
    assert_eq!(seen.peak, Some(16));
}

fn a_future_gets_an_input_that_is_not_counted() {
    let seen = observe(|b| {
        b.to_async(Busy).iter_batched(
            || vec![1_u8; 100],
            |list| async move {
                pend_once().await;
                drop(list);
            },
            BatchSize::SmallInput,
        );
    });
    assert_eq!((seen.routine.allocs, seen.routine.frees), (0, 1));
    assert_eq!((seen.drop, seen.retained), (NOTHING, 0));
}
